import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// The same rules at each version, whatever the era of the backend (CVE-2026-11719: rules that only the
  /// newest handler knew).
  @Suite("Access at every version of the protocol")
  struct BridgeAccess {
    static let versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]

    /// A client of one version.
    private struct Asker {
      let gateway: RunningGateway
      let key: String
      let version: String
      let session: String?

      init(_ gateway: RunningGateway, key: String, version: String) throws {
        self.gateway = gateway
        self.key = key
        self.version = version
        session =
          version == "2026-07-28"
          ? nil : try gateway.initialize(key: key, version: version).session
      }

      func ask(_ method: String, _ params: JSONValue = [:]) throws -> Wire.Answer {
        guard let session else { return try gateway.modern(method, params, key: key) }
        return try gateway.post(
          RunningGateway.message(method, params), key: key,
          headers: RunningGateway.legacy(session, version))
      }
    }

    @Test(
      "what is blocked is in no list, and no request reaches it", arguments: versions,
      BridgeScene.backends)
    func blocks(version: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let key = try await scene.gateway.makeUser(
        Scene.newName(),
        block: ["echo", "greet", "\(backend)://about", "\(backend)://items/secret"].map {
          "\(backend)/\($0)"
        })
      let asker = try Asker(scene.gateway, key: key, version: version)
      let isModern = version == "2026-07-28"

      for (method, blocked, other) in [
        ("tools/list", "\"\(backend)__echo\"", "\"\(backend)__add\""),
        ("prompts/list", "\"\(backend)__greet\"", "\"\(backend)__survey\""),
        ("resources/list", "\"\(backend)://about\"", nil),
      ] as [(String, String, String?)] {
        let list = try asker.ask(method).text
        #expect(list.contains("\"result\"") && !list.contains(blocked), "\(method)")
        if let other { #expect(list.contains(other), "\(method)") }
      }

      for (method, params, legacyCode) in [
        ("tools/call", ["name": .string("\(backend)__echo"), "arguments": ["text": "x"]], -32602),
        (
          "prompts/get", ["name": .string("\(backend)__greet"), "arguments": ["person": "x"]],
          -32602
        ),
        ("resources/read", ["uri": .string("\(backend)://about")], -32002),
        ("resources/read", ["uri": .string("\(backend)://items/secret")], -32002),
        (
          "completion/complete",
          [
            "ref": ["type": "ref/prompt", "name": .string("\(backend)__greet")],
            "argument": ["name": "person", "value": "a"],
          ], -32602
        ),
      ] as [(String, JSONValue, Int)] {
        let answer = try asker.ask(method, params)
        #expect(answer.code == (isModern ? -32602 : legacyCode), "\(method): \(answer.text)")
      }

      // Its neighbours are reached, so that the refusals are no accident.
      let sum = try asker.ask(
        "tools/call", ["name": .string("\(backend)__add"), "arguments": ["a": 1, "b": 2]])
      #expect(try sum.json["result"]?.toolText == "3", "\(sum.text)")
      let item = try asker.ask("resources/read", ["uri": .string("\(backend)://items/pear")])
      #expect(item.text.contains("\(backend) item pear"), "\(item.text)")
    }

    @Test("nobody is told of a resource that is blocked", arguments: versions, BridgeScene.shared)
    func blocksWatching(version: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let (blocked, free) = ("\(backend)://items/secret", "\(backend)://items/free-\(version)")
      let key = try await scene.gateway.makeUser(
        Scene.newName(), block: ["\(backend)/\(blocked)"])
      let asker = try Asker(scene.gateway, key: key, version: version)
      let stream: WireStream
      if let session = asker.session {
        let refusal = try asker.ask("resources/subscribe", ["uri": .string(blocked)])
        #expect(refusal.code == -32002, "\(refusal.text)")
        let answer = try asker.ask("resources/subscribe", ["uri": .string(free)])
        #expect(try answer.json["result"] != nil, "\(answer.text)")
        stream = try WireStream(scene.gateway, session: session, version: version, key: key)
      } else {
        stream = try WireStream(
          scene.gateway, mode: "modern", "subscriptions/listen",
          [
            "notifications": [
              "resourceSubscriptions": [.string(blocked), .string(free)]
            ]
          ], key: key)
        let first = try stream.nextMessage().message
        #expect(
          first["params"]?["notifications"] == ["resourceSubscriptions": [.string(free)]])
      }
      let caller = try await scene.connect("modern")
      for uri in [blocked, free] {
        _ = try await scene.client.call(caller, "\(backend)__touch", ["uri": .string(uri)])
      }
      #expect(try stream.nextMessage().message["params"]?["uri"] == .string(free))
      try await scene.client.close(caller)
    }

    @Test("a watcher whose access is narrowed hears no more", arguments: Scene.modes)
    func narrows(mode: String) async throws {
      let scene = try await BridgeScene.ready()
      let user = Scene.newName()
      let key = try await scene.gateway.makeUser(user)
      let asker = try Asker(
        scene.gateway, key: key, version: mode == "modern" ? "2026-07-28" : "2025-11-25")
      let (lost, kept) = ("new://items/lost-\(mode)", "new://items/kept-\(mode)")
      let stream: WireStream
      if let session = asker.session {
        for uri in [lost, kept] { _ = try asker.ask("resources/subscribe", ["uri": .string(uri)]) }
        stream = try WireStream(scene.gateway, session: session, key: key)
      } else {
        stream = try WireStream(
          scene.gateway, mode: "modern", "subscriptions/listen",
          ["notifications": ["resourceSubscriptions": [.string(lost), .string(kept)]]], key: key)
        _ = try stream.nextMessage()
      }
      let caller = try await scene.connect("modern")
      func touch(_ uri: String) async throws {
        _ = try await scene.client.call(caller, "new__touch", ["uri": .string(uri)])
      }
      try await touch(lost)
      #expect(try stream.nextMessage().message["params"]?["uri"] == .string(lost))
      try await scene.gateway.setAccess(of: user, block: ["new/\(lost)"])
      #expect(
        try await eventually {
          try asker.ask("resources/read", ["uri": .string(lost)]).code != nil
        })
      try await touch(lost)
      try await touch(kept)
      var next = try stream.nextMessage().message
      while next["method"]?.stringValue?.hasSuffix("list_changed") == true {
        next = try stream.nextMessage().message
      }
      #expect(next["params"]?["uri"] == .string(kept))
      try await scene.client.close(caller)
    }

    @Test(
      "a task that was not given to this user is unknown, and so is a made-up one",
      arguments: ["2025-11-25", "2026-07-28"])
    func refusesTasks(version: String) async throws {
      let scene = try await BridgeScene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName())
      let asker = try Asker(scene.gateway, key: key, version: version)
      for method in ["tasks/get", "tasks/cancel", "tasks/result"] {
        for id in ["t-1", "task.AAAA"] {
          let answer = try asker.ask(method, ["taskId": .string(id)])
          #expect(answer.code == -32602 || answer.code == -32601, "\(method): \(answer.text)")
        }
      }
    }

    @Test("a legacy session goes on after a restart of the gateway, at backends of both eras")
    func survives() async throws {
      let (old, new) = (
        try await PeerServer.start("old", "--eras", "legacy"),
        try await PeerServer.start("new", "--eras", "modern")
      )
      let directory = try Place.temporaryDirectory()
      let backends: JSONValue = [
        "old": ["url": .string(old.url)], "new": ["url": .string(new.url)],
      ]
      let first = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: first, ["old", "new"])
      let session = try first.initialize(capabilities: ["roots": [:]]).session
      func whoami(_ gateway: RunningGateway, _ backend: String) throws -> JSONValue? {
        let answer = try gateway.post(
          RunningGateway.message(
            "tools/call", ["name": .string("\(backend)__whoami"), "arguments": [:]]),
          headers: RunningGateway.legacy(session))
        return try answer.json["result"]?.toolJSON
      }
      for backend in ["old", "new"] { #expect(try whoami(first, backend) != nil) }
      first.program.signal(9)
      _ = try await first.program.exitCode()
      let second = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: second, ["old", "new"])
      for backend in ["old", "new"] {
        let seen = try whoami(second, backend)
        #expect(seen?["clientInfo"]?["name"] == "wire", "\(backend)")
        #expect(seen?["clientCapabilities"]?["roots"] != nil, "\(backend)")
      }
      try await second.stop()
      for peer in [old, new] { await peer.stop() }
    }
  }
}
