import HTTPTypes
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("The gate")
  struct Gate {
    /// A request of each route that would do something.
    private func sample(_ route: AdminRoute) -> (target: String, body: String?) {
      let target = route.path.replacing("{username}", with: "alice")
        .replacing("{key_id}", with: "0123456789ab")
      switch (route.method, route.path) {
      case (.post, "/users"): return (target, #"{"username": "mallory"}"#)
      case (.get, "/explain"): return (target + "?user=alice", nil)
      case (.patch, "/users/{username}"): return (target, #"{"email": "m@example.com"}"#)
      case (.patch, "/users/{username}/enable"): return (target, #"{"enabled": false}"#)
      case (.put, _): return (target, #"{"blocked_mcps": ["erpnext"]}"#)
      case (.post, "/keys/revoke"): return (target, #"{"key_id": "0123456789ab"}"#)
      case (.patch, _): return (target, #"{"key_name": "other"}"#)
      default: return (target, nil)
      }
    }

    private func isPublic(_ route: AdminRoute) -> Bool {
      ["/health", "/ready", "/admin", "/dashboard"].contains(route.path)
    }

    @Test("every route refuses every caller but the admin key and the socket, and does nothing")
    func refusesAllButTheAdministrator() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      let revoked = try await scene.store.issueKey(for: "alice", named: "old").secret
      try await scene.store.revokeKey(.secret(revoked))
      let generation = scene.store.generation
      let credentials: [AdminScene.Credential] = [
        .none, .key("wrong"), .key(key), .key(revoked), .key(AdminScene.staticKey),
        .key(SHA256Digest(hashing: AdminScene.adminKey).hex),
        .key(SHA256Digest(hashing: key).hex), .key(AdminScene.adminKey + "x"),
        .key(String(AdminScene.adminKey.dropLast())), .key(AdminScene.adminKey.uppercased()),
      ]
      for route in scene.api.routes where !isPublic(route) {
        let (target, body) = sample(route)
        for credential in credentials {
          let answer = try await scene.ask(route.method, target, body, as: credential)
          let place: Comment = "\(route.method) \(target) as \(credential)"
          #expect(answer.status == 401, place)
          #expect(answer.error == "unauthorized", place)
          #expect(answer.headers[.wwwAuthenticate] == "Bearer", place)
        }
      }
      #expect(scene.store.generation == generation)
    }

    @Test("every route lets the admin key and the socket in")
    func admitsTheAdministrator() async throws {
      for credential in [AdminScene.Credential.admin, .socket] {
        let scene = try await AdminScene()
        _ = try await scene.makeUser("alice")
        for route in scene.api.routes {
          let (target, body) = sample(route)
          let answer = try await scene.ask(route.method, target, body, as: credential)
          #expect(
            [200, 201, 404].contains(answer.status),
            "\(route.method) \(target) as \(credential): \(answer.status) \(answer.text)")
          if answer.status == 404 {
            #expect(
              ["key_not_found", "user_not_found", "session_not_found"].contains(answer.error))
          }
        }
      }
    }

    @Test("the four public pages are for everyone, and only to read")
    func opensPublicPages() async throws {
      let scene = try await AdminScene()
      for path in ["/health", "/ready", "/admin", "/dashboard"] {
        for target in [path, path + "?probe=1"] {
          for method in [HTTPRequest.Method.get, .head] {
            for credential in [AdminScene.Credential.none, .key("wrong")] {
              let answer = try await scene.ask(method, target, as: credential)
              #expect(answer.status == 200, "\(method) \(target) as \(credential)")
            }
          }
        }
        for method in [HTTPRequest.Method.post, .put, .patch, .delete] {
          #expect(try await scene.ask(method, path, as: .none).status == 401)
          #expect(try await scene.ask(method, path, as: .admin).status == 405)
        }
      }
    }

    @Test("the public paths are these four and no other")
    func listsPublicPaths() {
      #expect(AdminGate.publicPaths == ["/health", "/ready", "/admin", "/dashboard"])
    }

    @Test("no other spelling of a path leads anywhere, with whatever credential")
    func hasOneSpelling() async throws {
      let scene = try await AdminScene()
      _ = try await scene.makeUser("alice")
      let spellings = [
        "/%75sers", "/users/", "//users", "/users//alice", "/users/alice/", "/Users", "/USERS",
        "/./users", "/health/../users", "/health/%2e%2e/users", "/health%2f..%2fusers",
        "/users%2falice", "/users%2Falice", "/users;x", "/users/alice/keys/", "/users.json",
        "/health/users", "/admin/users", "/dashboard/../users", "/%2e/users", "\\users",
        "/users%00", "/users%20", "/users/alice/%6beys", "/keys/0123456789ab/Rotate", "users",
        "http://127.0.0.1/users", "//127.0.0.1/users", "/x", "/", "", "/mcp/", "//mcp",
        "/%6dcp", "/health/", "/health/x", "/metric", "/Usage", "/session",
        "/us%65rs?x", "/users#", "/\u{FF55}sers", "/users\u{0301}",
      ]
      for target in spellings {
        for credential in [AdminScene.Credential.none, .key(AdminScene.staticKey), .admin] {
          let answer = try await scene.ask(.get, target, as: credential)
          #expect(answer.status == 404, "\(target) as \(credential): \(answer.text)")
          #expect(answer.error == "not_found")
          #expect(!answer.text.contains("alice"))
        }
      }
      for target in ["/users?", "/users/..", "/users/%2e%2e", "/users/.", "/users/%2Fhealth"] {
        let answer = try await scene.ask(.get, target, as: .none)
        #expect(answer.status == 401, "\(target)")
      }
    }

    @Test("a 401 names the header and how the admin key is found, and neither a key nor a path")
    func tellsHowToGetIn() async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.get, "/users", as: .key("some-wrong-secret"))
      for part in ["Authorization: Bearer ADMIN_KEY", "ADMIN_API_KEY", "admin.key", "socket"] {
        #expect(answer.message.contains(part), "\(answer.message)")
      }
      #expect(!answer.text.contains(AdminScene.adminKeyPlace))
      #expect(!answer.text.contains("some-wrong-secret"))
      #expect(!answer.text.contains(AdminScene.adminKey))
    }

    @Test(
      "only one well-formed bearer token is a credential",
      arguments: [
        "", "Bearer", "Bearer ", "bearer", "Basic KEY", "KEY", "Bearer KEY x", "Bearer x KEY",
        "Bearer KEY,KEY", "Bearer, KEY", "Bearer\tKEY", "Bearer \"KEY\"",
        "Bearer KEY\u{00E9}", "Bearer ' OR 1=1 --", "Token KEY", "BearerKEY", "Bearer=KEY",
        "Digest username=\"KEY\"", "Bearer %KEY",
      ])
    func takesOneToken(form: String) async throws {
      let scene = try await AdminScene()
      let value = form.replacing("KEY", with: AdminScene.adminKey)
      let answer = try await scene.ask(.get, "/users", as: .header(value))
      #expect(answer.status == 401)
    }

    @Test("two Authorization headers are none, even if one is right")
    func refusesTwoCredentials() async throws {
      let scene = try await AdminScene()
      var headers = HTTPFields()
      headers.append(HTTPField(name: .authorization, value: "Bearer \(AdminScene.adminKey)"))
      headers.append(HTTPField(name: .authorization, value: "Bearer wrong"))
      let answer = try await scene.ask(.get, "/users", as: .none, headers: headers)
      #expect(answer.status == 401)
    }

    @Test("the scheme's case does not matter")
    func ignoresTheCaseOfTheScheme() async throws {
      let scene = try await AdminScene()
      for scheme in ["Bearer", "bearer", "BEARER"] {
        let value = "\(scheme) \(AdminScene.adminKey)"
        let answer = try await scene.ask(.get, "/users", as: .header(value))
        #expect(answer.status == 200, "\(scheme)")
      }
    }

    @Test("a key in the query string is no credential, and is not repeated")
    func takesNoKeyFromTheQuery() async throws {
      let scene = try await AdminScene()
      let key = try await scene.makeUser("alice")
      for name in ["key", "api_key", "access_token", "authorization"] {
        let target = "/users?\(name)=\(AdminScene.adminKey)"
        #expect(try await scene.ask(.get, target, as: .none).status == 401)
      }
      let answer = try await scene.ask(.get, "/keys?\(key)=1")
      #expect(answer.status == 422)
      #expect(!answer.text.contains(key))
    }

    @Test("a method that a path does not take is 405 with the ones it takes")
    func namesMethods() async throws {
      let scene = try await AdminScene()
      let paths: [(String, String)] = [
        ("/users", "GET, HEAD, POST"), ("/users/alice", "DELETE, GET, HEAD, PATCH"),
        ("/users/alice/enable", "PATCH"), ("/users/alice/keys", "POST"),
        ("/users/alice/mcp-access", "PUT"), ("/keys", "GET, HEAD"), ("/keys/revoke", "POST"),
        ("/keys/0123456789ab", "PATCH"), ("/keys/0123456789ab/rotate", "POST"),
        ("/explain", "GET, HEAD"), ("/health", "GET, HEAD"), ("/status", "GET, HEAD"),
        ("/dashboard/status", "GET, HEAD"),
      ]
      let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace,
        .init("PROPFIND") ?? .trace,
      ]
      for (path, allowed) in paths {
        for method in methods where !allowed.split(separator: ", ").contains(method.rawValue[...]) {
          let answer = try await scene.ask(method, path)
          #expect(answer.status == 405, "\(method) \(path): \(answer.status)")
          #expect(answer.headers[.allow] == allowed, "\(method) \(path)")
          if method != .head { #expect(answer.error == "method_not_allowed") }
        }
      }
    }

    @Test("a browser's preflight needs no credential and learns only the methods")
    func answersPreflights() async throws {
      let scene = try await AdminScene()
      let headers: HTTPFields = [
        .origin: "https://admin.example.com", .accessControlRequestMethod: "PATCH",
      ]
      let answer = try await scene.ask(.options, "/users/alice", as: .none, headers: headers)
      #expect(answer.status == 204)
      #expect(answer.text == "")
      #expect(answer.headers[.accessControlAllowMethods] == "DELETE, GET, HEAD, PATCH")
      #expect(answer.headers[.accessControlAllowOrigin] == nil)
      #expect(try await scene.ask(.options, "/users/alice", as: .none).status == 401)
      #expect(try await scene.ask(.options, "/x", as: .none, headers: headers).status == 404)
    }

    @Test("nothing may be kept by caches or guessed by browsers")
    func forbidsCaching() async throws {
      let scene = try await AdminScene()
      for route in scene.api.routes {
        let (target, body) = sample(route)
        for credential in [AdminScene.Credential.none, .admin] {
          let answer = try await scene.ask(route.method, target, body, as: credential)
          #expect(answer.headers[.cacheControl] == "no-store", "\(route.method) \(target)")
          #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
      }
    }

    @Test("HEAD has the headers of GET and no body")
    func answersHead() async throws {
      let scene = try await AdminScene()
      for route in scene.api.routes where route.method == .get {
        let (target, _) = sample(route)
        let get = try await scene.ask(.get, target)
        let head = try await scene.ask(.head, target)
        #expect(head.status == get.status, "\(target)")
        #expect(head.text == "", "\(target)")
        // Processor time and memory are others each time; a stream of events has no length.
        guard !["/metrics", "/events"].contains(route.path) else { continue }
        #expect(head.headers[.contentLength] == String(get.text.utf8.count), "\(target)")
      }
    }
  }
}
