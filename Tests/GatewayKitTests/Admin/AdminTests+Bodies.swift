import HTTPTypes
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Bodies")
  struct Bodies {
    static let routes: [(HTTPRequest.Method, String)] = [
      (.post, "/users"), (.patch, "/users/alice"), (.patch, "/users/alice/enable"),
      (.post, "/users/alice/keys"), (.put, "/users/alice/mcp-access"), (.post, "/keys/revoke"),
      (.patch, "/keys/0123456789ab"), (.post, "/keys/0123456789ab/rotate"),
    ]

    @Test(
      "what is not JSON is 400 and says where it breaks",
      arguments: [
        "{", "}", "{\"username\"}", "{'username': 'a'}", "{\"username\": \"a\",}", "username=a",
        "{\"username\": \"a\"} x", "\u{FEFF}{}", "{\"username\": \"\\x\"}", "// no\n{}",
        "{\"username\": 01}", "nul", " ", "\u{0}",
      ])
    func refusesBadJSON(body: String) async throws {
      let scene = try await AdminScene()
      for (method, target) in Self.routes {
        let answer = try await scene.ask(method, target, body)
        #expect(answer.status == 400, "\(method) \(target): \(answer.text)")
        #expect(answer.error == "invalid_json")
        #expect(answer.message.contains("at byte"), "\(answer.message)")
      }
    }

    @Test("a missing body is 400 where one is needed")
    func requiresBodies() async throws {
      let scene = try await AdminScene()
      let optional = ["/users/alice/enable", "/users/alice/keys", "/keys/0123456789ab/rotate"]
      for (method, target) in Self.routes where !optional.contains(target) {
        for body in [nil, ""] {
          let answer = try await scene.ask(method, target, body)
          #expect(answer.status == 400, "\(method) \(target)")
          #expect(answer.message.contains("empty"))
        }
      }
    }

    @Test(
      "a body that is said to be something else is 415",
      arguments: [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
        "application/jsonp", "application/json; charset=iso-8859-1", "json", "*/*",
      ])
    func refusesOtherTypes(type: String) async throws {
      let scene = try await AdminScene()
      for (method, target) in Self.routes {
        let answer = try await scene.ask(method, target, "{}", type: type)
        #expect(answer.status == 415, "\(method) \(target): \(answer.text)")
        #expect(answer.error == "unsupported_media_type")
        #expect(answer.message.contains("application/json"))
      }
    }

    @Test(
      "JSON is JSON however it is announced, or not at all",
      arguments: [
        "application/json", "Application/JSON", "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"", nil,
      ])
    func takesJSON(type: String?) async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.post, "/users", #"{"username": "alice"}"#, type: type)
      #expect(answer.status == 201, "\(answer.text)")
    }

    @Test("a body of 1 MiB is read, a byte more is 413")
    func boundsBodies() async throws {
      let scene = try await AdminScene()
      let frame = #"{"username": "alice", "email": null}"#
      let padding = String(repeating: " ", count: (1 << 20) - frame.utf8.count)
      #expect(try await scene.ask(.post, "/users", frame + padding).status == 201)
      for (method, target) in Self.routes {
        let answer = try await scene.ask(method, target, frame + padding + " ")
        #expect(answer.status == 413, "\(method) \(target)")
        #expect(answer.error == "body_too_large")
        #expect(answer.message.contains("1048576"))
      }
    }

    @Test("JSON that nests without end is refused")
    func boundsDepth() async throws {
      let scene = try await AdminScene()
      let body = String(repeating: #"{"a":"#, count: 100_000)
      let answer = try await scene.ask(.post, "/users", body)
      #expect(answer.status == 400)
      #expect(answer.error == "invalid_json")
    }

    @Test("every answer that is no success is JSON with a word and a sentence, and nothing else")
    func hasOneShapeOfErrors() async throws {
      let scene = try await AdminScene()
      let answers = [
        try await scene.ask(.get, "/nothing"), try await scene.ask(.get, "/users", as: .none),
        try await scene.ask(.delete, "/users"), try await scene.ask(.post, "/users", "{"),
        try await scene.ask(.post, "/users", "{}"), try await scene.ask(.get, "/users/bob"),
        try await scene.ask(.post, "/users", "x", type: "text/plain"),
      ]
      for answer in answers {
        #expect(answer.headers[.contentType] == "application/json")
        let members = answer.json?.objectValue?.members
        #expect(members?.map(\.key) == ["error", "message", "request_id"], "\(answer.text)")
        #expect(answer.error?.allSatisfy { $0.isLowercase || $0 == "_" } == true)
        #expect(answer.message.hasSuffix("."), "\(answer.message)")
      }
    }

    @Test("names in errors hold nothing that a terminal obeys")
    func escapesNames() async throws {
      let scene = try await AdminScene()
      let answers = [
        try await scene.ask(.get, "/users/%1B%5B31mred"),
        try await scene.ask(.post, "/users", #"{"\u001b]0;x\u0007": 1}"#),
        try await scene.ask(.get, "/keys?%1B[31m=1"),
      ]
      for answer in answers {
        #expect([404, 422].contains(answer.status))
        #expect(!answer.message.unicodeScalars.contains { $0.value < 0x20 }, "\(answer.text)")
      }
    }
  }
}
