import Foundation
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("State")
  struct State {
    @Test("health is ok while the process lives")
    func isHealthy() async throws {
      let scene = try await AdminScene()
      scene.readiness.isDraining = true
      let answer = try await scene.ask(.get, "/health", as: .none)
      #expect(answer.status == 200)
      #expect(answer.json == ["status": "ok"])
    }

    @Test("readiness is 503 with the reasons before it listens and while it stops")
    func isReadyBetweenStartAndStop() async throws {
      let scene = try await AdminScene()
      #expect(try await scene.ask(.get, "/ready", as: .none).json == ["status": "ready"])
      scene.readiness.isListening = false
      let before = try await scene.ask(.get, "/ready", as: .none)
      #expect(before.status == 503)
      #expect(
        before.json == ["status": "not ready", "reasons": ["it does not listen yet"]])
      scene.readiness.isDraining = true
      let both = try await scene.ask(.get, "/ready", as: .none)
      #expect(both.json?["reasons"] == ["it does not listen yet", "it is stopping"])
    }

    @Test("the status is the same at both of its addresses")
    func showsStatus() async throws {
      let scene = try await AdminScene()
      let status = try await scene.ask(.get, "/status")
      #expect(status.status == 200)
      #expect(try await scene.ask(.get, "/dashboard/status").text == status.text)
      #expect(status.json?["demo"] == false)
      #expect(status.json?["limits"]?.arrayValue?.count == Limits.table.count)
    }

    @Test("a script decodes the status into the library's own type, and nothing is lost")
    func decodesStatus() async throws {
      let scene = try await AdminScene(isDemo: true)
      let answer = try await scene.ask(.get, "/status")
      let decoded = try JSONDecoder().decode(GatewayStatus.self, from: Data(answer.text.utf8))
      #expect(decoded == AdminScene.status(scene.api.configuration))
      #expect(decoded.demo)
      #expect(decoded.store.generation == .max)
      #expect(decoded.json == answer.json)
    }

    @Test("the status has the members that the type encodes, no more and no fewer")
    func encodesStatus() throws {
      let status = AdminScene.status(GatewayConfiguration(storePath: "/x/users.json"))
      let encoded = try JSONValue.parse(Array(JSONEncoder().encode(status)))
      func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
          .object(
            JSONObject(
              object.members.map { (key: $0.key, value: sorted($0.value)) }
                .sorted { $0.key < $1.key }))
        case .array(let elements): .array(elements.map(sorted))
        default: value
        }
      }
      #expect(sorted(encoded) == sorted(status.json))
    }

    @Test("the page names the console and how to start it, and runs and loads nothing")
    func showsThePage() async throws {
      let scene = try await AdminScene()
      for path in ["/admin", "/dashboard"] {
        let answer = try await scene.ask(.get, path, as: .none)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.contains("<pre>gateway-admin</pre>"))
        #expect(!answer.text.contains("<script") && !answer.text.contains("src="))
        #expect(!answer.text.contains("demo"))
        #expect(!answer.text.contains(scene.directory))
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.contains("frame-ancestors 'none'"))
      }
    }

    @Test("the page's policy allows the page's own style")
    func hashesTheStyle() async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.get, "/admin", as: .none)
      let style = try #require(
        answer.text.firstMatch(of: /<style>(.*)<\/style>/)
      ).output.1
      let hex = SHA256Digest(hashing: String(style)).hex
      let bytes = stride(from: 0, to: 64, by: 2).compactMap { index in
        UInt8(hex.dropFirst(index).prefix(2), radix: 16)
      }
      let policy = answer.headers[.contentSecurityPolicy] ?? ""
      #expect(policy.contains("'sha256-\(Data(bytes).base64EncodedString())'"))
    }

    @Test("a demo says so on its page")
    func marksTheDemo() async throws {
      let scene = try await AdminScene(isDemo: true)
      let answer = try await scene.ask(.get, "/admin", as: .none)
      #expect(answer.text.contains("This is a demo"))
    }
  }

  @Suite("The admin key")
  struct Key {
    @Test("the configured key is the one, and its place is the variable")
    func takesTheVariable() throws {
      let folder = try ConfigurationFolder()
      var configuration = GatewayConfiguration(storePath: "\(folder.path)/users.json")
      configuration.adminKey = "from-the-environment"
      let key = try AdminKey.load(configuration)
      #expect(key.digest == SHA256Digest(hashing: "from-the-environment"))
      #expect(key.place.contains("ADMIN_API_KEY"))
      #expect(!FileManager.default.fileExists(atPath: configuration.adminKeyPath))
    }

    @Test("without one a key is made beside the store, for its owner alone, and kept")
    func makesAFile() throws {
      let folder = try ConfigurationFolder()
      let configuration = GatewayConfiguration(storePath: "\(folder.path)/users.json")
      let first = try AdminKey.load(configuration)
      #expect(first.place == "\(folder.path)/admin.key")
      let attributes = try FileManager.default.attributesOfItem(atPath: first.place)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let text = try String(contentsOfFile: first.place, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(text.utf8.count >= 32)
      #expect(first.digest == SHA256Digest(hashing: text))
      #expect(try AdminKey.load(configuration).digest == first.digest)
    }

    @Test(
      "a file with a key that protects nothing keeps the gateway from starting",
      arguments: ["tiny-key", "0123456789abcde", "schl\u{FC}ssel-mit-umlaut", AdminScene.staticKey])
    func refusesWeakFiles(text: String) throws {
      let folder = try ConfigurationFolder()
      try folder.write("admin.key", text + "\n")
      var configuration = GatewayConfiguration(storePath: "\(folder.path)/users.json")
      configuration.staticKey = AdminScene.staticKey
      let error = #expect(throws: ConfigurationError.self) { try AdminKey.load(configuration) }
      let message = error?.description ?? ""
      #expect(message.contains("\(folder.path)/admin.key"), "\(message)")
      #expect(!message.contains(text))
    }
  }
}
