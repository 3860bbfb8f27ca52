import HTTPTypes
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("Secrets")
  struct Secrets {
    /// Requests of all kinds, right and wrong, by a generator that gives the same ones each time.
    ///
    /// Secrets stand in paths, queries and wherever a body names something, but not where an
    /// administrator chooses a name or note: what is chosen there is shown again.
    private struct Requests {
      var random: any RandomNumberGenerator
      let names: [String]
      let secrets: [String]

      private mutating func any() -> String {
        (names + secrets).randomElement(using: &random) ?? ""
      }

      private mutating func member() -> String {
        let chosen = ["username", "email", "key_name", "description"].randomElement(using: &random)
        let naming = ["api_key", "key_id"].randomElement(using: &random)
        let others = [
          #""ttl_days": 90"#, #""ttl_days": null"#, #""enabled": true"#, #""grace_hours": 1"#,
          #""allowed_mcps": ["wave"]"#, #""blocked_mcps": []"#, #""metadata": {"a": 1}"#,
          #""email": null"#, #""username": 5"#, #""ttl_days": "x""#,
        ]
        switch Int.random(in: 0...4, using: &random) {
        case 0: return "\"\(chosen ?? "")\": \"\(names.randomElement(using: &random) ?? "")\""
        case 1: return "\"\(naming ?? "")\": \"\(any())\""
        case 2: return "\"\(any())\": 1"
        default: return others.randomElement(using: &random) ?? ""
        }
      }

      mutating func next() -> (HTTPRequest.Method, String, String?) {
        let routes: [(HTTPRequest.Method, String)] = [
          (.get, "/users"), (.post, "/users"), (.get, "/users/*"), (.patch, "/users/*"),
          (.delete, "/users/*"), (.patch, "/users/*/enable"), (.post, "/users/*/keys"),
          (.put, "/users/*/mcp-access"), (.get, "/keys"), (.post, "/keys/revoke"),
          (.patch, "/keys/*"), (.post, "/keys/*/rotate"), (.get, "/explain?user=*"),
          (.get, "/explain?user=*&target=wave"), (.get, "/keys?username=*"), (.get, "/keys?name=*"),
          (.get, "/keys?*=*"), (.get, "/users?*"), (.get, "/*"), (.get, "/status"),
          (.post, "/users/alice/keys"), (.post, "/users/*"), (.head, "/users/*"), (.put, "/keys/*"),
        ]
        let (method, path) = routes.randomElement(using: &random) ?? (.get, "/")
        var target = ""
        for character in path { target += character == "*" ? any() : String(character) }
        let members = (0..<Int.random(in: 0...2, using: &random)).map { _ in member() }
        let body = "{\(members.joined(separator: ", "))}"
        return (method, target, Bool.random(using: &random) ? body : nil)
      }
    }

    private struct Steady: RandomNumberGenerator {
      var state: UInt64
      mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
      }
    }

    @Test(
      "no answer holds a hash, and none a key but the one that makes it",
      arguments: [1, 2, 3] as [UInt64])
    func tellsNoSecret(seed: UInt64) async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let id = APIKey.id(ofSecret: key)
      var requests = Requests(
        random: Steady(state: seed),
        names: ["alice", "alice", "bob", "carol", "ci", "wave", id],
        secrets: [
          key, SHA256Digest(hashing: key).hex, SHA256Digest(hashing: key).hex.uppercased(),
          "mcpgw-admin-0123456789abcdef",
        ])
      var made = 0
      for _ in 0..<700 {
        if scene.store.user("alice") == nil { try await scene.store.createUser("alice") }
        let (method, target, body) = requests.next()
        let answer = try await scene.ask(method, target, body)
        let place: Comment = "seed \(seed): \(method) \(target) \(body ?? "")"
        #expect(answer.status < 500, place)
        #expect(answer.text.firstMatch(of: /[0-9A-Fa-f]{64}/) == nil, "\(place): \(answer.text)")
        let keys = answer.text.matches(of: /mcpgw_[0-9A-Za-z]{46}/).count
        let makes = answer.status == 201 && answer.json?["api_key"] != nil
        if makes { made += 1 }
        #expect(keys == (makes ? 1 : 0), "\(place): \(answer.text)")
        #expect(answer.text.firstMatch(of: /mcpgw-admin-[0-9a-f]/) == nil, place)
      }
      #expect(made > 5, "seed \(seed): the requests made \(made) keys")
    }

    @Test("hashes are in no list even where users and keys are many")
    func listsNoHashes() async throws {
      let scene = try await AdminScene()
      var hashes: [String] = []
      for number in 0..<20 {
        hashes.append(SHA256Digest(hashing: try await scene.makeUser("user\(number)")).hex)
      }
      for target in ["/users", "/keys", "/users/user7", "/explain?user=user7", "/status"] {
        let text = try await scene.ask(.get, target).text
        #expect(text.firstMatch(of: /[0-9A-Fa-f]{64}/) == nil, "\(target)")
        for hash in hashes { #expect(!text.contains(hash.prefix(13)), "\(target)") }
      }
    }

    @Test(
      "secrets in a message are shortened, other text is not",
      arguments: [
        ("a mcpgw_0123456789abcdefghij b", "a mcpgw_… b"),
        ("\"mcpgw-admin-AbC_d-e0123\"", "\"mcpgw-admin-…\""),
        ("mcpgw_short", "mcpgw_short"),
        ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        (String(repeating: "0f", count: 32), "…"),
        ("x" + String(repeating: "F0", count: 40) + "x", "x…x"),
      ])
    func shortensSecrets(text: String, safe: String) {
      #expect(AdminError.withoutSecrets(text) == safe)
    }
  }
}
