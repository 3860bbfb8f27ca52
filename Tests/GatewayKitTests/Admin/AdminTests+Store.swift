import FoundationEssentials
import Glibc
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Trouble with the store")
  struct StoreTrouble {
    private func write(_ text: String, to path: String) throws {
      try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test("a store that another program holds is 503 after the wait, and names the holder")
    func namesTheLocksOwner() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let descriptor = open("\(scene.storePath).lock", O_RDWR | O_CLOEXEC)
      defer { close(descriptor) }
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      // F_OFD_SETLK of fcntl(2), which Swift's Glibc does not have.
      #expect(fcntl(descriptor, 37, &lock) == 0)
      let note =
        #"{"host": "web1", "pid": 4711, "program": "backup", "since": "2026-03-31T12:00:00Z"}"#
      ftruncate(descriptor, 0)
      _ = Array(note.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }

      let answer = try await scene.ask(.patch, "/users/alice/enable")
      #expect(answer.status == 503)
      #expect(answer.error == "store_locked")
      for part in ["backup", "4711", "web1"] { #expect(answer.message.contains(part)) }
      #expect(answer.headers[.retryAfter] == "1")
      // Reading waits for nobody.
      #expect(try await scene.ask(.get, "/users/alice").status == 200)
    }

    @Test("a file that cannot be read is 503 with line and cause, and stays as it is")
    func reportsBrokenFiles() async throws {
      let scene = try await AdminScene()
      _ = try await scene.makeUser("alice")
      let broken = "{\"users\": {\n\"alice\": 3},\n\"api_keys\": {}}"
      try write(broken, to: scene.storePath)
      let requests: [(String, String, String?)] = [
        ("GET", "/users", nil), ("GET", "/users/alice", nil), ("GET", "/keys", nil),
        ("GET", "/explain?user=alice", nil), ("POST", "/users", #"{"username": "bob"}"#),
        ("PATCH", "/users/alice/enable", nil), ("DELETE", "/users/alice", nil),
        ("POST", "/users/alice/keys", nil), ("PUT", "/users/alice/mcp-access", "{}"),
        ("POST", "/keys/revoke", #"{"key_id": "0123456789ab"}"#),
        ("PATCH", "/keys/0123456789ab", #"{"key_name": "x"}"#),
        ("POST", "/keys/0123456789ab/rotate", nil),
      ]
      for (method, target, body) in requests {
        let answer = try await scene.ask(.init(method) ?? .get, target, body)
        #expect(answer.status == 503, "\(method) \(target): \(answer.text)")
        #expect(answer.error == "store_unreadable")
        #expect(answer.message.contains("\(scene.storePath):2"), "\(answer.message)")
      }
      let kept = try String(contentsOf: URL(filePath: scene.storePath), encoding: .utf8)
      #expect(kept == broken)
    }

    @Test("a file that is gone is 503 and is not made anew")
    func reportsMissingFiles() async throws {
      let scene = try await AdminScene()
      unlink(scene.storePath)
      let answer = try await scene.ask(.post, "/users", #"{"username": "bob"}"#)
      #expect(answer.status == 503)
      #expect(answer.error == "store_missing")
      #expect(access(scene.storePath, F_OK) != 0)
    }

    @Test("readiness warns of a file that cannot be read, and says neither where it is nor why")
    func warnsInReadiness() async throws {
      let scene = try await AdminScene()
      try write("{\"secret\": ", to: scene.storePath)
      _ = try await scene.ask(.get, "/users")
      let answer = try await scene.ask(.get, "/ready", as: .none)
      #expect(answer.status == 200)
      #expect(answer.json?["status"] == "ready")
      #expect(answer.json?["warnings"]?.arrayValue?.count == 1)
      #expect(!answer.text.contains(scene.directory) && !answer.text.contains("secret"))
      try write("{\"users\": {}, \"api_keys\": {}}", to: scene.storePath)
      _ = try await scene.ask(.get, "/users")
      #expect(try await scene.ask(.get, "/ready", as: .none).json == ["status": "ready"])
    }

    @Test("readiness is 503 for such a file where the configuration says to refuse")
    func refusesInReadiness() async throws {
      let scene = try await AdminScene(onUnreadable: .refuse)
      try write("{", to: scene.storePath)
      _ = try await scene.ask(.get, "/users")
      let answer = try await scene.ask(.get, "/ready", as: .none)
      #expect(answer.status == 503)
      #expect(answer.json?["reasons"]?.arrayValue?.count == 1)
    }
  }
}
