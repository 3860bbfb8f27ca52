import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Keys")
  struct Keys {
    @Test("the guide's body makes a key, shown this once, with its id, end and note")
    func createsAsTheGuideHasIt() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let answer = try await scene.ask(
        .post, "/users/alice/keys",
        """
        {
        "key_name": "production-key",
        "ttl_days": 90
        }
        """)
      #expect(answer.status == 201)
      let json = answer.json
      #expect(json?["status"] == "created")
      #expect(json?["username"] == "alice")
      #expect(json?["note"] == "Save this key immediately — it will not be shown again")
      let secret = try #require(json?["api_key"]?.stringValue)
      #expect(KeyForm(of: secret) == .wellFormed)
      #expect(json?["key_id"] == .string(APIKey.id(ofSecret: secret)))
      #expect(json?["key_name"] == "production-key")
      let end = try #require(json?["expires_at"]?.stringValue.flatMap(Timestamp.init(parsing:)))
      let days = Timestamp.now.duration(to: end) / .seconds(86_400)
      #expect((89.9...90).contains(days))
      #expect(scene.store.snapshot.isValid(secret))
      for target in ["/users", "/users/alice", "/keys"] {
        #expect(!(try await scene.ask(.get, target)).text.contains(secret))
      }
    }

    @Test(
      "name and lifetime may be left out or null",
      arguments: [
        nil, "{}", #"{"ttl_days": null}"#, #"{"key_name": null}"#,
        #"{"key_name": null, "ttl_days": null}"#,
      ])
    func createsByDefault(body: String?) async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let answer = try await scene.ask(.post, "/users/alice/keys", body)
      #expect(answer.status == 201)
      #expect(answer.json?["key_name"] == "key-1")
      #expect(answer.json?["expires_at"] == .null)
    }

    @Test("the guide's key for the restricted user has a name and no end")
    func createsWithNameOnly() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("erp-user")
      let answer = try await scene.ask(
        .post, "/users/erp-user/keys", #"{"key_name": "erp-only"}"#)
      #expect(answer.json?["key_name"] == "erp-only")
    }

    @Test(
      "a lifetime is a whole number of days from 1 to 3650",
      arguments: [
        "0", "-1", "3651", "1.5", "90.0", "1e2", #""90""#, "true", "[]", "{}",
        "99999999999999999999", "-0",
      ])
    func refusesBadLifetimes(days: String) async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let id = APIKey.id(ofSecret: key)
      let body = #"{"ttl_days": \#(days)}"#
      let generation = scene.store.generation
      for target in ["/users/alice/keys", "/keys/\(id)/rotate"] {
        let answer = try await scene.ask(.post, target, body)
        #expect(answer.status == 422, "\(target): \(answer.text)")
        #expect(answer.error == "invalid_ttl")
        #expect(answer.message.contains("ttl_days"))
      }
      #expect(try await scene.ask(.patch, "/keys/\(id)", body).error == "invalid_ttl")
      #expect(scene.store.generation == generation)
    }

    @Test("1 and 3650 days are taken")
    func takesBounds() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      for days in [1, 3650] {
        let answer = try await scene.ask(.post, "/users/alice/keys", #"{"ttl_days": \#(days)}"#)
        #expect(answer.status == 201)
      }
    }

    @Test("a live key's name is taken, an unknown user is 404, a bad name is 422")
    func refusesNames() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let body = #"{"key_name": "ci"}"#
      #expect(try await scene.ask(.post, "/users/alice/keys", body).status == 201)
      let twice = try await scene.ask(.post, "/users/alice/keys", body)
      #expect(twice.status == 409)
      #expect(twice.error == "key_name_taken")
      #expect(try await scene.ask(.post, "/users/bob/keys", body).error == "user_not_found")
      for name in [#""""#, #""a\nb""#, "5", "[]"] {
        let answer = try await scene.ask(
          .post, "/users/alice/keys", #"{"key_name": \#(name)}"#)
        #expect(answer.status == 422, "\(name)")
        #expect(answer.message.contains("key_name"), "\(answer.text)")
      }
      let typo = try await scene.ask(.post, "/users/alice/keys", #"{"ttl_day": 90}"#)
      #expect(typo.status == 422)
      #expect(typo.message.contains("did you mean ttl_days"))
      #expect(scene.store.keys().count == 1)
    }

    @Test("a key is revoked by itself as in the guide, or by its id, and twice")
    func revokes() async throws {
      let scene = try await AdminScene()
      let first = try await scene.makeUser("alice")
      let second = try await scene.store.issueKey(for: "alice").secret
      let body = #"{"api_key": "\#(first)"}"#
      for _ in 0..<2 {
        let answer = try await scene.ask(.post, "/keys/revoke", body)
        #expect(answer.status == 200)
        #expect(
          answer.json == [
            "status": "revoked", "key_id": .string(APIKey.id(ofSecret: first)),
            "username": "alice",
          ])
      }
      #expect(!scene.store.snapshot.isValid(first))
      #expect(scene.store.snapshot.isValid(second))
      let id = APIKey.id(ofSecret: second)
      for _ in 0..<2 {
        #expect(
          try await scene.ask(.post, "/keys/revoke", #"{"key_id": "\#(id)"}"#).status == 200)
      }
      #expect(!scene.store.snapshot.isValid(second))
    }

    @Test("what names no key revokes none: unknown, a hash, a part of one, both or neither")
    func revokesNothingElse() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let hash = SHA256Digest(hashing: key).hex
      let id = APIKey.id(ofSecret: key)
      let unknown = [
        #"{"api_key": "mcpgw_unknown"}"#, #"{"api_key": "\#(hash)"}"#, #"{"api_key": ""}"#,
        #"{"api_key": "\#(id)"}"#, #"{"api_key": "\#(key) "}"#, #"{"key_id": "\#(hash)"}"#,
        #"{"key_id": "\#(id.dropLast())"}"#, #"{"key_id": "\#(id)0"}"#, #"{"key_id": ""}"#,
        #"{"key_id": "\#(key)"}"#, #"{"key_id": "*"}"#,
      ]
      for body in unknown {
        let answer = try await scene.ask(.post, "/keys/revoke", body)
        #expect(answer.status == 404, "\(body)")
        #expect(answer.error == "key_not_found")
        #expect(!answer.text.contains(key) && !answer.text.contains(hash))
      }
      let wrong = [
        "{}", #"{"api_key": "\#(key)", "key_id": "\#(id)"}"#, #"{"api_key": null}"#,
        #"{"api_key": 5}"#, #"{"key": "\#(key)"}"#, #"{"\#(key)": 1}"#,
      ]
      for body in wrong {
        let answer = try await scene.ask(.post, "/keys/revoke", body)
        #expect(answer.status == 422, "\(body)")
        #expect(!answer.text.contains(key))
      }
      #expect(scene.store.snapshot.isValid(key))
    }

    @Test("an id that two keys have is a conflict, and the keys themselves still work")
    func refusesAmbiguousIDs() async throws {
      let (one, two) = ("0123456789ab" + String(repeating: "c", count: 52), "0123456789ab")
      let other = two + String(repeating: "d", count: 52)
      func key(_ name: String) -> String {
        #"{"user_id": "u", "username": "alice", "key_name": "\#(name)", "created_at": "2026-03-31T12:00:00", "expires_at": null, "revoked": false}"#
      }
      let file =
        #"{"users": {"alice": {"user_id": "u", "api_keys": ["\#(one)", "\#(other)"]}}, "api_keys": {"\#(one)": "#
        + key("a") + #", "\#(other)": "# + key("b") + "}}"
      let scene = try await AdminScene(file: file)
      for (method, target, body) in [
        ("POST", "/keys/revoke", #"{"key_id": "0123456789ab"}"#),
        ("PATCH", "/keys/0123456789ab", #"{"key_name": "c"}"#),
        ("POST", "/keys/0123456789ab/rotate", nil),
      ] {
        let answer = try await scene.ask(.init(method) ?? .get, target, body)
        #expect(answer.status == 409, "\(target)")
        #expect(answer.error == "key_ambiguous")
        #expect(!answer.text.contains(one))
      }
    }

    @Test("keys are listed, and filtered by user, state and name")
    func filters() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      try await scene.store.createUser("bob smith".replacing(" ", with: "."))
      try await scene.store.issueKey(for: "alice", named: "ci")
      try await scene.store.issueKey(for: "alice", named: "old key")
      try await scene.store.revokeKey(.named(user: "alice", name: "old key"))
      try await scene.store.issueKey(for: "bob.smith", named: "ci")
      try await scene.store.setEnabled(false, for: "bob.smith")
      func names(_ query: String) async throws -> [String] {
        let answer = try await scene.ask(.get, "/keys" + query)
        #expect(answer.status == 200, "\(query): \(answer.text)")
        return answer.json?["keys"]?.arrayValue?.compactMap { key in
          "\(key["username"]?.stringValue ?? "")/\(key["key_name"]?.stringValue ?? "")"
        } ?? []
      }
      #expect(try await names("") == ["alice/ci", "alice/old key", "bob.smith/ci"])
      #expect(try await names("?") == ["alice/ci", "alice/old key", "bob.smith/ci"])
      #expect(try await names("?username=alice") == ["alice/ci", "alice/old key"])
      #expect(try await names("?username=bob%2Esmith") == ["bob.smith/ci"])
      #expect(try await names("?state=valid") == ["alice/ci"])
      #expect(try await names("?state=revoked") == ["alice/old key"])
      #expect(try await names("?state=disabled") == ["bob.smith/ci"])
      #expect(try await names("?state=expired") == [])
      #expect(try await names("?name=old+key") == ["alice/old key"])
      #expect(try await names("?name=old%20key&username=alice") == ["alice/old key"])
      #expect(try await names("?name=ci&state=valid") == ["alice/ci"])
    }

    @Test(
      "a filter that is none is refused rather than ignored",
      arguments: [
        ("?usrname=alice", 422, "did you mean username"), ("?user=alice", 422, "username"),
        ("?state=dead", 422, "valid, expired, revoked, disabled"), ("?state=", 422, "state"),
        ("?username=bob", 404, "bob"), ("?state=valid&state=revoked", 422, "state comes twice"),
        ("?username=%FF", 400, "percent"), ("?username=%4", 400, "percent"),
        ("?=x", 422, "parameter"),
      ])
    func refusesBadFilters(query: String, status: Int, named: String) async throws {
      let scene = try await AdminScene()
      _ = try await scene.makeUser("alice")
      let answer = try await scene.ask(.get, "/keys" + query)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.message.contains(named), "\(answer.text)")
    }

    @Test("a route without filters refuses all of them")
    func refusesStrayParameters() async throws {
      let scene = try await AdminScene()
      for target in ["/users?state=disabled", "/status?x", "/users/alice?full=1"] {
        let answer = try await scene.ask(.get, target)
        #expect(answer.error == "unknown_parameter", "\(target)")
      }
    }

    @Test("a key is renamed and given another end, together or alone")
    func changes() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let target = "/keys/\(APIKey.id(ofSecret: key))"
      let both = try await scene.ask(.patch, target, #"{"key_name": "ci", "ttl_days": 7}"#)
      #expect(both.status == 200)
      #expect(both.json?["status"] == "updated")
      #expect(both.json?["key"]?["key_name"] == "ci")
      #expect(both.json?["key"]?["expires_at"]?.stringValue != nil)
      let never = try await scene.ask(.patch, target, #"{"ttl_days": null}"#)
      #expect(never.json?["key"]?["expires_at"] == .null)
      #expect(never.json?["key"]?["key_name"] == "ci")
      for body in ["{}", #"{"key_name": null}"#, #"{"revoked": true}"#, #"{"key_name": ""}"#] {
        #expect(try await scene.ask(.patch, target, body).status == 422, "\(body)")
      }
      let unknown = try await scene.ask(.patch, "/keys/ffffffffffff", #"{"key_name": "x"}"#)
      #expect(unknown.status == 404)
      #expect(unknown.error == "key_not_found")
      #expect(scene.store.snapshot.isValid(key))
    }

    @Test("of a new name and a new end that cannot both be, neither is taken")
    func changesAllOrNothing() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let target = "/keys/\(APIKey.id(ofSecret: key))"
      _ = try await scene.ask(.post, "/keys/revoke", #"{"api_key": "\#(key)"}"#)
      let generation = scene.store.generation
      let both = try await scene.ask(.patch, target, #"{"key_name": "ci", "ttl_days": 7}"#)
      #expect(both.error == "key_revoked")
      #expect(scene.store.generation == generation)
      let name = try await scene.ask(.patch, target, #"{"key_name": "ci"}"#)
      #expect(name.status == 200)
      #expect(scene.store.generation == generation + 1)
    }

    @Test("a key is not named or reached by itself or its hash in a path")
    func takesNoSecretInAPath() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      for name in [key, SHA256Digest(hashing: key).hex] {
        let answer = try await scene.ask(.patch, "/keys/\(name)", #"{"key_name": "x"}"#)
        #expect(answer.status == 404)
        #expect(!answer.text.contains(name))
      }
    }

    @Test("rotation answers as creation does, and both keys work in the grace period")
    func rotates() async throws {
      let scene = try await AdminScene()
      try await scene.store.createUser("alice")
      let old = try await scene.store.issueKey(for: "alice", named: "ci", ttl: .days(30))
      let target = "/keys/\(old.key.id)/rotate"
      let answer = try await scene.ask(.post, target, #"{"grace_hours": 1}"#)
      #expect(answer.status == 201)
      let secret = try #require(answer.json?["api_key"]?.stringValue)
      for member in ["status", "username", "key_id", "key_name", "expires_at", "note"] {
        #expect(answer.json?[member]?.stringValue != nil, "\(member)")
      }
      #expect(scene.store.snapshot.isValid(secret))
      #expect(scene.store.snapshot.isValid(old.secret))
      let again = try await scene.ask(.post, target)
      #expect(again.status == 409)
      #expect(again.error == "key_not_rotatable")
      let id = try #require(answer.json?["key_id"]?.stringValue)
      #expect(try await scene.ask(.post, "/keys/\(id)/rotate").status == 201)
    }

    @Test("a grace of zero ends the old key at once")
    func rotatesWithoutGrace() async throws {
      let scene = try await AdminScene()
      let old = try await scene.makeUser("alice")
      let target = "/keys/\(APIKey.id(ofSecret: old))/rotate"
      #expect(try await scene.ask(.post, target, #"{"grace_hours": 0}"#).status == 201)
      #expect(!scene.store.snapshot.isValid(old))
    }

    @Test("a bad grace is 422, an unknown key 404, a revoked one 409")
    func refusesRotation() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let target = "/keys/\(APIKey.id(ofSecret: key))/rotate"
      for hours in ["-1", "8761", "0.5", #""24""#, "true"] {
        let answer = try await scene.ask(.post, target, #"{"grace_hours": \#(hours)}"#)
        #expect(answer.status == 422, "\(hours)")
        #expect(answer.message.contains("grace_hours"))
      }
      #expect(try await scene.ask(.post, "/keys/ffffffffffff/rotate").status == 404)
      try await scene.store.revokeKey(.secret(key))
      #expect(try await scene.ask(.post, target).error == "key_not_rotatable")
    }
  }
}

extension AuthSnapshot {
  /// Whether a request with this key would be let in now.
  fileprivate func isValid(_ secret: String) -> Bool {
    if case .valid = authenticate(
      SHA256Digest(hashing: secret), now: Timestamp.now.microseconds)
    {
      true
    } else {
      false
    }
  }
}
