import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("How many streams one user has")
  struct Streams {
    private static let usual = [
      ("Authorization", "Bearer \(RunningGateway.staticKey)"),
      ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
    ]

    /// A gateway that gives each user one stream.
    private func gateway(_ backends: JSONValue) async throws -> RunningGateway {
      let gateway = try await RunningGateway.start(
        backends: backends, settings: ["limits": ["streamsPerPrincipal": 1]])
      try await Scene.waitForCatalogs(of: gateway, backends.objectValue?.members.map(\.key) ?? [])
      return gateway
    }

    /// Begins a call of either era; at 2026-07-28 unless there is a session.
    private func begin(
      _ gateway: RunningGateway, _ tool: String, _ arguments: JSONValue = [:],
      id: JSONValue = 1, session: String? = nil, token: JSONValue? = nil
    ) throws -> Wire {
      let meta = session == nil ? RunningGateway.modernMeta : JSONValue.object(JSONObject())
      let params: JSONValue = [
        "name": .string(tool), "arguments": arguments,
        "_meta": token.map { meta.adding("progressToken", $0) } ?? meta,
      ]
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp",
        Self.usual
          + (session.map { RunningGateway.legacy($0) }
            ?? RunningGateway.mirror("tools/call", params)),
        RunningGateway.message("tools/call", params, id: id))
      return wire
    }

    private func openStream(_ gateway: RunningGateway, _ session: String? = nil) throws -> Wire {
      let wire = try Wire(port: gateway.port)
      let session = try session ?? gateway.initialize().session
      try wire.send("GET", "/mcp", Self.usual + RunningGateway.legacy(session))
      #expect(try wire.receiveHead().status == 200)
      return wire
    }

    private func expectRefusal(_ answer: Wire.Answer) throws {
      #expect(answer.status == 429, "\(answer.head)\(answer.text)")
      #expect(answer.headers["retry-after"] == "1")
      let error = try answer.json["error"]
      #expect(error?["code"]?.intValue == 1006, "\(answer.text)")
      #expect(error?["data"]?["retryAfterMs"]?.intValue == 1000)
      #expect(try answer.json["id"] == 1)
    }

    @Test("a call that would be a stream too many is refused before its backend hears of it")
    func refusesBefore() async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await gateway(["peer": ["url": .string(peer.url)]])
      func calls() throws -> JSONValue? { try peer.stats()["methods"]?["tools/call"] }
      let session = try gateway.initialize().session
      let stream = try openStream(gateway)
      let before = try calls()
      for (session, token) in [(nil, 1), (session, 1), (session, nil)] as [(String?, JSONValue?)] {
        let call = try begin(
          gateway, "peer__echo", ["text": "x"], session: session, token: token)
        try expectRefusal(try call.receive())
      }
      #expect(try calls() == before)
      let second = try Wire(port: gateway.port)
      try second.send("GET", "/mcp", Self.usual + RunningGateway.legacy(session))
      let refusal = try second.receive()
      #expect(refusal.status == 429 && refusal.headers["retry-after"] == "1")
      #expect(try refusal.json["error"] == "too_many_streams")
      stream.closeSending()
      var answer: Wire.Answer
      repeat {
        try await Task.sleep(for: .milliseconds(20))
        answer = try begin(gateway, "peer__echo", ["text": "x"], token: 1).receive()
      } while answer.status == 429
      #expect(try answer.json["result"]?.toolText == "x")
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a call on its way holds the place of the stream that it may become")
    func holdsPlaces() async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await gateway(["peer": ["url": .string(peer.url)]])
      let session = try gateway.initialize().session
      let slow = try begin(gateway, "peer__slow", ["seconds": 1], token: 1)
      try await Task.sleep(for: .milliseconds(300))
      try expectRefusal(
        try begin(gateway, "peer__echo", ["text": "x"], session: session).receive())
      #expect(try slow.receive().json["result"]?.toolText == "slept 1.0 s")
      let after = try begin(gateway, "peer__echo", ["text": "x"], session: session).receive()
      #expect(try after.json["result"]?.toolText == "x")
      try await gateway.stop()
      await peer.stop()
    }

    @Test(
      "calls that are answered in JSON are no streams, however many there are at once",
      arguments: Scene.modes)
    func letsJSONPass(mode: String) async throws {
      let peer = try await PeerServer.start("peer", "--json-response")
      let gateway = try await gateway(["peer": ["url": .string(peer.url)]])
      let session = mode == "legacy" ? try gateway.initialize().session : nil
      let stream = try openStream(gateway)
      let calls = try (0..<5).map { number in
        try begin(
          gateway, "peer__slow", ["seconds": .number("0.5")], id: .number("\(number)"),
          session: session)
      }
      for call in calls {
        let answer = try call.receive()
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["result"]?.toolText == "slept 0.5 s")
      }
      _ = stream
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a stream that could not be expected is passed on, and the next one is expected")
    func passesSurprises() async throws {
      let server = try await FaultyServer("surprise")
      let gateway = try await gateway(["peer": ["url": .string(server.url)]])
      let stream = try openStream(gateway)
      let first = try begin(gateway, "peer__one").receive()
      #expect(first.status == 200)
      #expect(first.events.last?["result"]?.toolText == "surprise")
      try expectRefusal(try begin(gateway, "peer__one").receive())
      let calls = try server.seen().filter {
        $0["body"]?.stringValue?.contains("tools/call") == true
      }
      #expect(calls.count == 1)
      _ = stream
      try await gateway.stop()
      await server.stop()
    }

    @Test(
      "a session that a backend has lost is made again, also where it says so by 400",
      arguments: Scene.modes, ["json", "text"])
    func remakesSessions(mode: String, body: String) async throws {
      let server = try await FaultyServer("amnesia", body, "first")
      let gateway = try await gateway(["peer": ["url": .string(server.url)]])
      let session = mode == "legacy" ? try gateway.initialize().session : nil
      for epoch in ["first", "second", "third"] {
        try server.become("amnesia", body, epoch)
        let answer = try begin(gateway, "peer__one", session: session).receive()
        #expect(answer.status == 200, "\(epoch): \(answer.text)")
      }
      let bodies = try server.seen().compactMap { $0["body"]?.stringValue }
      #expect(bodies.count { $0.contains("tools/call") } == 5)
      try await gateway.stop()
      await server.stop()
    }

    @Test("a call whose backend no longer knows its stream is not begun a second time")
    func callsOnce() async throws {
      let server = try await FaultyServer("forgets")
      let gateway = try await gateway(["peer": ["url": .string(server.url)]])
      let answer = try begin(gateway, "peer__one").receive()
      #expect(answer.code == 1001, "\(answer.text)")
      let seen = try server.seen()
      func count(_ text: String) -> Int {
        seen.count { $0["body"]?.stringValue?.contains(text) == true }
      }
      #expect(count("tools/call") == 1 && count("notifications/initialized") > 0)
      try await gateway.stop()
      await server.stop()
    }

    @Test("what a backend of the other era leaves open behind its answer is closed")
    func closesWhatLingers() async throws {
      let server = try await FaultyServer("lingers")
      let gateway = try await gateway(["peer": ["url": .string(server.url), "timeout": "1s"]])
      let session = try gateway.initialize().session
      let answer = try begin(gateway, "peer__one", session: session).receive()
      #expect(answer.status == 200, "\(answer.text)")
      func inFlight() throws -> Int? {
        try gateway.get("/status", key: RunningGateway.adminKey).json["backends"]?.arrayValue?
          .first?["inFlight"]?.intValue
      }
      #expect(try await eventually(within: .seconds(4)) { try inFlight() == 0 })
      try await gateway.stop()
      await server.stop()
    }

    @Test("who listens uses the session, and so does a call that goes on")
    func usesTheSession() async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let listening = try gateway.initialize().session
      let stream = try openStream(gateway, listening)
      let calling = try gateway.initialize().session
      let call = try begin(gateway, "peer__slow", ["seconds": 30], session: calling)
      _ = try gateway.initialize()
      try await Task.sleep(for: .seconds(3))
      let sessions = try gateway.get("/sessions", key: RunningGateway.adminKey).json["sessions"]
      let idle = (sessions?.arrayValue ?? []).compactMap { $0["idleSeconds"]?.intValue }.sorted()
      #expect(idle.count == 3 && idle[1] <= 1 && idle[2] >= 2, "\(idle)")
      (_, _) = (stream, call)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("who does not read what a backend tells without end is left, and nothing grows by it")
    func endsUnread() async throws {
      let server = try await FaultyServer("floods")
      let gateway = try await gateway(["peer": ["url": .string(server.url)]])
      let session = try gateway.initialize(capabilities: ["elicitation": [:]]).session
      let wire = try openStream(gateway, session)
      _ = try begin(gateway, "peer__one", session: session).receive()
      try await Task.sleep(for: .seconds(2))
      // What the kernel and the gateway held, and then the end.
      var count = 0
      while count < 64 << 20, let chunk = try? wire.receiveChunk() { count += chunk.count }
      #expect(count > 0 && count < 64 << 20)
      try await gateway.stop()
      await server.stop()
    }

    @Test("a stdio backend's call is refused only if it asks for what makes it a stream")
    func stdio() async throws {
      let gateway = try await gateway([
        "peer": [
          "command": .string(try Place.python),
          "args": [.string(Place.peer("server.py")), "--transport", "stdio", "--name", "peer"],
        ]
      ])
      let stream = try openStream(gateway)
      let plain = try begin(gateway, "peer__echo", ["text": "x"]).receive()
      #expect(try plain.json["result"]?.toolText == "x")
      try expectRefusal(try begin(gateway, "peer__progress", ["steps": 2], token: 1).receive())
      _ = stream
      try await gateway.stop()
    }
  }
}
