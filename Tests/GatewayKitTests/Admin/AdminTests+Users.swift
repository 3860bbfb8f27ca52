import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Users")
  struct Users {
    @Test("the guide's body makes a user")
    func createsAsTheGuideHasIt() async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(
        .post, "/users",
        """
        {
        "username": "alice",
        "email": "alice@example.com",
        "description": "Engineering team"
        }
        """)
      #expect(answer.status == 201)
      #expect(answer.json?["status"] == "created")
      let user = answer.json?["user"]
      #expect(user?["username"] == "alice")
      #expect(user?["email"] == "alice@example.com")
      #expect(user?["description"] == "Engineering team")
      #expect(user?["enabled"] == true)
      #expect(user?["mcp_allowed"] == [])
      #expect(user?["mcp_blocked"] == [])
      #expect(user?["keys"] == [])
      #expect(scene.store.user("alice")?.email == "alice@example.com")
    }

    @Test("the guide's second user has no email")
    func createsWithoutEmail() async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(
        .post, "/users", #"{"username": "erp-user", "description": "ERP access only"}"#)
      #expect(answer.status == 201)
      #expect(answer.json?["user"]?["email"] == .null)
    }

    @Test("a user of that name, in whatever case, is a conflict")
    func refusesDuplicates() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      for name in ["alice", "Alice", "ALICE"] {
        let answer = try await scene.ask(.post, "/users", #"{"username": "\#(name)"}"#)
        #expect(answer.status == 409)
        #expect(answer.error == "user_exists")
      }
      #expect(scene.store.users().count == 1)
    }

    @Test(
      "a bad value is 422 and names its member",
      arguments: [
        (#"{}"#, "invalid_value", "username"),
        (#"{"username": null}"#, "invalid_value", "username"),
        (#"{"username": 5}"#, "invalid_value", "username"),
        (#"{"username": ["a"]}"#, "invalid_value", "username"),
        (#"{"username": ""}"#, "invalid_username", "username"),
        (#"{"username": "a b"}"#, "invalid_username", "username"),
        (#"{"username": "../x"}"#, "invalid_username", "username"),
        (#"{"username": "-x"}"#, "invalid_username", "username"),
        (#"{"username": "a\u0000"}"#, "invalid_username", "username"),
        (#"{"username": "m\u00fcller"}"#, "invalid_username", "username"),
        (#"{"username": "a", "email": 1}"#, "invalid_value", "email"),
        (#"{"username": "a", "email": {}}"#, "invalid_value", "email"),
        (#"{"username": "a", "description": true}"#, "invalid_value", "description"),
        (#"{"username": "a", "name": "x"}"#, "unknown_member", "username"),
        (#"{"usrename": "a"}"#, "unknown_member", "did you mean username"),
        (#"{"Username": "a"}"#, "unknown_member", "did you mean username"),
        (#"{"username": "a", "emial": "x"}"#, "unknown_member", "did you mean email"),
        (#"{"username": "a", "username": "b"}"#, "duplicate_member", "username"),
        (#"{"username": "a", "\u0075sername": "b"}"#, "duplicate_member", "username"),
        (#"["alice"]"#, "invalid_body", "object"),
        (#""alice""#, "invalid_body", "object"),
        (#"null"#, "invalid_body", "object"),
      ])
    func refusesBadValues(body: String, word: String, named: String) async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.post, "/users", body)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(answer.error == word, "\(answer.text)")
      #expect(answer.message.contains(named), "\(answer.text)")
      #expect(scene.store.users().isEmpty)
    }

    @Test("a name of 64 characters is taken, one of 65 is not")
    func boundsNames() async throws {
      let scene = try await AdminScene()
      let name = String(repeating: "a", count: 64)
      #expect(try await scene.ask(.post, "/users", #"{"username": "\#(name)"}"#).status == 201)
      #expect(try await scene.ask(.post, "/users", #"{"username": "\#(name)a"}"#).status == 422)
    }

    @Test("an email of more than 1,024 bytes is refused by name")
    func boundsEmail() async throws {
      let scene = try await AdminScene()
      let long = String(repeating: "x", count: 1025)
      let answer = try await scene.ask(
        .post, "/users", #"{"username": "a", "email": "\#(long)"}"#)
      #expect(answer.status == 422)
      #expect(answer.message.contains("email"))
    }

    @Test("users are listed with their keys and never with a hash")
    func lists() async throws {
      let scene = try await AdminScene()
      #expect(try await scene.ask(.get, "/users").json == ["users": []])
      let key = try await scene.makeUser("alice")
      try await scene.store.createUser("bob")
      let answer = try await scene.ask(.get, "/users")
      let users = answer.json?["users"]?.arrayValue ?? []
      #expect(users.compactMap { $0["username"]?.stringValue } == ["alice", "bob"])
      let listed = users.first?["keys"]?.arrayValue?.first
      #expect(listed?["key_id"] == .string(APIKey.id(ofSecret: key)))
      #expect(listed?["state"] == "valid")
      #expect(!answer.text.contains(SHA256Digest(hashing: key).hex))
      #expect(!answer.text.contains(key))
    }

    @Test("one user is shown, an unknown one is 404")
    func shows() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      #expect(try await scene.ask(.get, "/users/alice").json?["username"] == "alice")
      for target in ["/users/bob", "/users/Alice", "/users/alice%20", "/users/%2e%2e"] {
        let answer = try await scene.ask(.get, target)
        #expect(answer.status == 404, "\(target)")
        #expect(answer.error == "user_not_found")
      }
    }

    @Test("email, description and metadata are changed one by one; null removes")
    func edits() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice", email: "a@example.com", description: "d")
      let first = try await scene.ask(.patch, "/users/alice", #"{"email": "b@example.com"}"#)
      #expect(first.status == 200)
      #expect(first.json?["status"] == "updated")
      #expect(first.json?["user"]?["email"] == "b@example.com")
      #expect(first.json?["user"]?["description"] == "d")
      let second = try await scene.ask(
        .patch, "/users/alice",
        #"{"description": null, "metadata": {"team": ["x", 1.50], "big": 12345678901234567890}}"#)
      #expect(second.json?["user"]?["description"] == .null)
      #expect(second.json?["user"]?["email"] == "b@example.com")
      #expect(
        second.json?["user"]?["metadata"]?.text
          == #"{"team":["x",1.50],"big":12345678901234567890}"#)
    }

    @Test(
      "a change that is none, or of something fixed, is 422",
      arguments: [
        (#"{}"#, "email, description, metadata"),
        (#"{"username": "bob"}"#, "username"),
        (#"{"enabled": false}"#, "enabled"),
        (#"{"metadata": null}"#, "metadata"),
        (#"{"metadata": "x"}"#, "metadata"),
        (#"{"metadata": {"a": 1, "a": 2}}"#, "a comes twice"),
        (#"{"email": false}"#, "email"),
      ])
    func refusesBadEdits(body: String, named: String) async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let generation = scene.store.generation
      let answer = try await scene.ask(.patch, "/users/alice", body)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(answer.message.contains(named), "\(answer.text)")
      #expect(scene.store.generation == generation)
    }

    @Test("metadata nests as deep as a body may, and the file is readable afterwards")
    func boundsDepth() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      func body(_ depth: Int) -> String {
        #"{"metadata": {"a": "# + String(repeating: "[", count: depth - 2)
          + String(repeating: "]", count: depth - 2) + "}}"
      }
      let deepest = AdminBody.maximumDepth
      #expect(try await scene.ask(.patch, "/users/alice", body(deepest)).status == 200)
      let answer = try await scene.ask(.patch, "/users/alice", body(deepest + 1))
      #expect(answer.status == 400)
      #expect(answer.error == "invalid_json")
      _ = try await UserStore.open(scene.storePath)
      #expect(try await scene.ask(.get, "/users/alice").status == 200)
    }

    @Test("a user is deleted with all keys, once")
    func deletes() async throws {
      let scene = try await AdminScene()
      _ = try await scene.makeUser("alice")
      let answer = try await scene.ask(.delete, "/users/alice")
      #expect(answer.status == 200)
      #expect(answer.json == ["status": "deleted", "username": "alice"])
      #expect(scene.store.keys().isEmpty)
      #expect(try await scene.ask(.delete, "/users/alice").status == 404)
    }

    @Test("enabling sets what the body says, and toggles without one")
    func enables() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      func enable(_ body: String?) async throws -> AdminScene.Answer {
        try await scene.ask(.patch, "/users/alice/enable", body)
      }
      #expect(
        try await enable(nil).json
          == ["status": "disabled", "username": "alice", "enabled": false])
      #expect(try await enable(nil).json?["enabled"] == true)
      #expect(try await enable(#"{"enabled": false}"#).json?["enabled"] == false)
      #expect(try await enable(#"{"enabled": false}"#).json?["enabled"] == false)
      #expect(try await enable(#"{"enabled": true}"#).json?["status"] == "enabled")
      for body in [#"{"enabled": null}"#, #"{"enabled": 1}"#, #"{"enabled": "true"}"#] {
        let answer = try await enable(body)
        #expect(answer.status == 422, "\(body)")
        #expect(answer.message.contains("enabled"))
      }
      #expect(scene.store.user("alice")?.isEnabled == true)
      #expect(try await scene.ask(.patch, "/users/bob/enable").status == 404)
    }

    @Test(
      "users of old files are reached whatever their names",
      arguments: [
        ("a b", "a%20b"), ("a/b", "a%2Fb"), ("a%2fb", "a%252fb"), ("müller", "m%C3%BCller"),
        ("..", ".."), ("..", "%2e%2E"), ("a?b", "a%3Fb"), ("a#b", "a%23b"), ("a+b", "a+b"),
        ("a+b", "a%2Bb"), ("日本", "%e6%97%a5%e6%9c%ac"), ("x\u{1}", "x%01"), ("%", "%25"),
        ("a;b=c", "a;b=c"), ("enable", "enable"), ("e\u{301}", "e%CC%81"),
      ])
    func reachesOldNames(name: String, encoded: String) async throws {
      let text = JSONValue.string(name).text
      let file = """
        {"users": {\(text): {"user_id": "u1", "created_at": "2026-03-31T12:00:00", \
        "enabled": true, "api_keys": [], "mcp_allowed": [], "mcp_blocked": []}}, "api_keys": {}}
        """
      let scene = try await AdminScene(file: file)
      let target = "/users/\(encoded)"
      let shown = try await scene.ask(.get, target)
      #expect(shown.json?["username"] == .string(name), "\(shown.text)")
      #expect(try await scene.ask(.post, "\(target)/keys").status == 201)
      #expect(try await scene.ask(.patch, "\(target)/enable").status == 200)
      #expect(
        try await scene.ask(.put, "\(target)/mcp-access", #"{"allowed_mcps": ["wave"]}"#)
          .json?["username"] == .string(name))
      #expect(try await scene.ask(.delete, target).status == 200)
      #expect(scene.store.users().isEmpty)
    }

    @Test(
      "a name that is not percent-encoded UTF-8 is 400",
      arguments: ["%", "%4", "%zz", "%FF", "a%C3", "%C0%AF", "%ED%A0%80", "%+1", "%-1"])
    func refusesBadEncoding(encoded: String) async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.get, "/users/\(encoded)")
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.error == "bad_path")
      #expect(answer.message.contains("username"))
    }

    @Test("what another process wrote is in the very next answer")
    func readsFresh() async throws {
      let scene = try await AdminScene()
      let other = try await UserStore.open(scene.storePath)
      for number in 0..<20 {
        try await other.createUser("user\(number)")
        #expect(try await scene.ask(.get, "/users/user\(number)").status == 200)
        let users = try await scene.ask(.get, "/users").json?["users"]?.arrayValue
        #expect(users?.count == number + 1)
        let key = try await other.issueKey(for: "user\(number)").key
        let patched = try await scene.ask(.patch, "/keys/\(key.id)", #"{"key_name": "x"}"#)
        #expect(patched.status == 200)
      }
    }
  }
}
