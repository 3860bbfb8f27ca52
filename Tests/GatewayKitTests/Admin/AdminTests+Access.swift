import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Access")
  struct Access {
    @Test("the guide's lists are set, and the answer says what they come to")
    func setsAsTheGuideHasIt() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let answer = try await scene.ask(
        .put, "/users/alice/mcp-access",
        """
        {
        "allowed_mcps": ["erpnext", "wave"],
        "blocked_mcps": []
        }
        """)
      #expect(answer.status == 200)
      #expect(
        answer.json == [
          "status": "updated", "username": "alice", "mcp_allowed": ["erpnext", "wave"],
          "mcp_blocked": [], "reach": ["erpnext", "wave"], "unknown_mcps": [],
        ])
    }

    @Test(
      "reach is the configured backends that result, or all",
      arguments: [
        (#"{}"#, #""all""#, "[]"),
        (#"{"allowed_mcps": ["erpnext"]}"#, #"["erpnext"]"#, "[]"),
        (#"{"blocked_mcps": ["homeassistant"]}"#, #"["erpnext","wave","truenas"]"#, "[]"),
        (#"{"allowed_mcps": ["wave"], "blocked_mcps": ["wave"]}"#, "[]", "[]"),
        (#"{"allowed_mcps": ["truenas/get_*"]}"#, #"["truenas"]"#, "[]"),
        (
          #"{"blocked_mcps": ["wave/delete_*"]}"#,
          #"["erpnext","wave","truenas","homeassistant"]"#, "[]"
        ),
        (#"{"allowed_mcps": ["nosuch", "Wave"]}"#, "[]", #"["nosuch","Wave"]"#),
        (
          #"{"allowed_mcps": ["wave"], "blocked_mcps": ["nosuch/x"]}"#, #"["wave"]"#,
          #"["nosuch"]"#
        ),
      ])
    func computesReach(body: String, reach: String, unknown: String) async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      try await scene.store.setAccess(for: "alice", allowed: ["x"], blocked: ["y"])
      let answer = try await scene.ask(.put, "/users/alice/mcp-access", body)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json?["reach"]?.text == reach)
      #expect(answer.json?["unknown_mcps"]?.text == unknown)
      let shown = try await scene.ask(.get, "/users/alice").json
      #expect(shown?["mcp_allowed"] == answer.json?["mcp_allowed"])
      #expect(shown?["mcp_blocked"] == answer.json?["mcp_blocked"])
    }

    @Test("the backends are those of the configuration now, not of the start")
    func followsReloads() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      func set() async throws -> JSONValue? {
        try await scene.ask(
          .put, "/users/alice/mcp-access", #"{"allowed_mcps": ["erpnext", "late"]}"#
        ).json
      }
      #expect(try await set()?["unknown_mcps"] == ["late"])
      try scene.configured.replace(by: ["late", "wave"])
      #expect(try await set()?["unknown_mcps"] == ["erpnext"])
      #expect(try await set()?["reach"] == ["late"])
      let explained = try await scene.ask(.get, "/explain?user=alice")
      let targets = explained.json?["decisions"]?.arrayValue?.map { $0["target"] }
      #expect(targets == ["late", "wave"])
      // Without backends there is nothing to compare names with.
      try scene.configured.replace(by: [])
      #expect(try await set()?["unknown_mcps"] == [])
    }

    @Test(
      "a bad list is 422 and says which entry of which list",
      arguments: [
        (#"{"allowed_mcps": "erpnext"}"#, "invalid_value", "allowed_mcps"),
        (#"{"allowed_mcps": null}"#, "invalid_value", "allowed_mcps"),
        (#"{"blocked_mcps": {"a": 1}}"#, "invalid_value", "blocked_mcps"),
        (#"{"allowed_mcps": ["a", 5]}"#, "invalid_value", "allowed_mcps[1]"),
        (#"{"blocked_mcps": [null]}"#, "invalid_value", "blocked_mcps[0]"),
        (#"{"allowed_mcps": [""]}"#, "invalid_access_entry", "allowed_mcps[0]"),
        (#"{"allowed_mcps": ["a", "/x"]}"#, "invalid_access_entry", "allowed_mcps[1]"),
        (#"{"blocked_mcps": ["x/"]}"#, "invalid_access_entry", "blocked_mcps[0]"),
        (#"{"blocked_mcps": ["a\u0007b"]}"#, "invalid_access_entry", "blocked_mcps[0]"),
        (#"{"allowed": ["erpnext"]}"#, "unknown_member", "did you mean allowed_mcps"),
        (#"{"mcp_allowed": ["erpnext"]}"#, "unknown_member", "allowed_mcps"),
      ])
    func refusesBadLists(body: String, word: String, named: String) async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      try await scene.store.setAccess(for: "alice", allowed: ["wave"], blocked: [])
      let answer = try await scene.ask(.put, "/users/alice/mcp-access", body)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(answer.error == word, "\(answer.text)")
      #expect(answer.message.contains(named), "\(answer.text)")
      #expect(scene.store.user("alice")?.allowed == ["wave"])
    }

    @Test("an entry of 256 bytes is taken, one of 257 is not")
    func boundsEntries() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      for (length, status) in [(256, 200), (257, 422)] {
        let entry = String(repeating: "x", count: length)
        let answer = try await scene.ask(
          .put, "/users/alice/mcp-access", #"{"blocked_mcps": ["\#(entry)"]}"#)
        #expect(answer.status == status)
      }
    }

    @Test("an unknown user is 404")
    func refusesUnknownUsers() async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.put, "/users/bob/mcp-access", "{}")
      #expect(answer.status == 404)
      #expect(answer.error == "user_not_found")
    }

    @Test("explain tells the decision, its rule, and what stands in the way")
    func explains() async throws {
      let scene = try await AdminScene()
      _ = try await scene.makeUser("alice")
      try await scene.store.setAccess(
        for: "alice", allowed: ["erpnext", "wave"], blocked: ["wave/delete_*"])
      func decision(_ target: String) async throws -> JSONValue? {
        let answer = try await scene.ask(.get, "/explain?user=alice&target=\(target)")
        #expect(answer.status == 200)
        return answer.json?["decisions"]?.arrayValue?.first
      }
      #expect(try await decision("erpnext")?["allowed"] == true)
      #expect(try await decision("truenas")?["allowed"] == false)
      #expect(try await decision("wave/delete_it")?["allowed"] == false)
      #expect(try await decision("wave%2Flist")?["allowed"] == true)
      let rule = try await decision("wave/delete_it")?["rule"]?.stringValue
      #expect(rule?.contains("wave/delete_*") == true)
      #expect(try await decision("erpnext")?["health"] == "up: it \"ended\"")
      #expect(try await decision("wave")?["health"] == "starting")
      let all = try await scene.ask(.get, "/explain?user=alice")
      #expect(all.json?["decisions"]?.arrayValue?.count == 4)
      #expect(all.json?["works_now"] == true)
      try await scene.store.setEnabled(false, for: "alice")
      let disabled = try await scene.ask(.get, "/explain?user=alice")
      #expect(disabled.json?["works_now"] == false)
      #expect(disabled.json?["obstacle"]?.stringValue?.contains("disabled") == true)
    }

    @Test(
      "explain refuses a question that it cannot answer",
      arguments: [
        ("", 422, "user is missing"), ("?target=wave", 422, "user is missing"),
        ("?user=bob", 404, "bob"), ("?user=alice&target=", 422, "target"),
        ("?user=alice&target=/x", 422, "target"), ("?user=alice&target=x/", 422, "target"),
        ("?user=alice&tool=x", 422, "tool is no parameter"),
      ])
    func refusesBadQuestions(query: String, status: Int, named: String) async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let answer = try await scene.ask(.get, "/explain" + query)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.message.contains(named), "\(answer.text)")
    }

    @Test("the guide's walk works from the first user to the revoked key")
    func walksTheGuide() async throws {
      let scene = try await AdminScene()
      let created = try await scene.ask(
        .post, "/users",
        #"{"username": "alice", "email": "alice@example.com", "description": "Engineering team"}"#,
        as: .socket)
      #expect(created.status == 201)
      let issued = try await scene.ask(
        .post, "/users/alice/keys", #"{"key_name": "production-key", "ttl_days": 90}"#,
        as: .socket)
      let key = try #require(issued.json?["api_key"]?.stringValue)
      let access = try await scene.ask(
        .put, "/users/alice/mcp-access", #"{"blocked_mcps": ["homeassistant"]}"#, as: .socket)
      #expect(access.json?["reach"] == ["erpnext", "wave", "truenas"])
      let revoked = try await scene.ask(
        .post, "/keys/revoke", #"{"api_key": "\#(key)"}"#, as: .socket)
      #expect(revoked.status == 200)
      let shown = try await scene.ask(.get, "/users/alice", as: .socket)
      #expect(shown.json?["keys"]?.arrayValue?.first?["state"] == "revoked")
    }
  }
}
