import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// 2025-11-25, Streamable HTTP, Resumability and Redelivery.
  @Suite("Streams that a client comes back to")
  struct Resuming {
    private static let steps = 8

    /// Begins a call that reports its steps.
    private func begin(
      _ gateway: RunningGateway, _ backend: String, session: String,
      key: String = RunningGateway.staticKey, delay: String = "0.1"
    ) throws -> WireStream {
      try WireStream(
        gateway, mode: "legacy", "tools/call",
        [
          "name": .string("\(backend)__progress"),
          "arguments": ["steps": .number("\(Self.steps)"), "delay": .number(delay)],
          "_meta": ["progressToken": "t"],
        ], id: "call", session: session, key: key)
    }

    /// Reads a stream to its end: steps and the response, in short.
    private func rest(_ stream: WireStream) throws -> [String] {
      var seen: [String] = []
      while let event = try stream.next() {
        guard let message = event.message else { continue }
        seen.append(Self.short(message))
      }
      return seen
    }

    private static func short(_ message: JSONValue) -> String {
      message["params"]?["message"]?.stringValue
        ?? "\(message["id"]?.stringValue ?? "?"): \(message["result"]?.toolText ?? message.text)"
    }

    private static let all = (1...steps).map { "step \($0)" } + ["call: \(steps) steps"]

    @Test(
      "a call's stream begins with an event that says where it can be taken up",
      arguments: BridgeScene.backends)
    func primes(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      let stream = try begin(gateway, backend, session: session, delay: "0")
      let first = try #require(try stream.next())
      #expect(first.message == nil && first.id != nil)
      var ids = [first.id]
      while let event = try stream.next() { ids.append(event.id) }
      #expect(Set(ids).count == Self.steps + 2 && !ids.contains(nil))
    }

    @Test("at 2025-06-18 and before there are no such events", arguments: BridgeScene.backends)
    func primesNot(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize(version: "2025-06-18").session
      let answer = try gateway.post(
        RunningGateway.message(
          "tools/call",
          [
            "name": .string("\(backend)__progress"), "arguments": ["steps": 2, "delay": 0],
            "_meta": ["progressToken": 1],
          ]), headers: RunningGateway.legacy(session, "2025-06-18"))
      #expect(answer.events.count == 3, "\(answer.text)")
      #expect(!answer.text.contains("data: \n") && !answer.text.contains("data:\n"))
    }

    @Test(
      "a client that loses its connection again and again misses nothing and gets nothing twice",
      arguments: BridgeScene.backends)
    func resumes(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      var stream = try begin(gateway, backend, session: session)
      var (seen, last): ([String], String?) = ([], nil)
      while !stream.isAtEnd {
        // Priming events count as events: behind one nothing was seen.
        while let event = try stream.next() {
          last = event.id ?? last
          guard let message = event.message else { continue }
          seen.append(Self.short(message))
          break
        }
        guard !seen.contains(where: { $0.hasPrefix("call:") }) else { break }
        stream.close()
        // Twice, so that it is lost before it brings anything too.
        for _ in 0..<2 {
          stream.close()
          stream = try WireStream(gateway, session: session, after: last)
          let first = try #require(try stream.next())
          #expect(first.message == nil || first.id != nil)
          if first.message == nil {
            last = first.id
          } else {
            last = first.id
            seen.append(Self.short(try #require(first.message)))
          }
          if seen.contains(where: { $0.hasPrefix("call:") }) { break }
        }
        if seen.contains(where: { $0.hasPrefix("call:") }) { break }
      }
      #expect(seen == Self.all)
    }

    @Test(
      "a call is told whole to a client that saw none of it, after its end too",
      arguments: BridgeScene.backends)
    func resumesEnded(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      let stream = try begin(gateway, backend, session: session, delay: "0.05")
      let priming = try #require(try stream.next()?.id)
      stream.close()
      #expect(
        try rest(try WireStream(gateway, session: session, after: priming)) == Self.all)
      // By now it has ended, and is kept, so that this answer can be lost as well.
      #expect(
        try rest(try WireStream(gateway, session: session, after: priming)) == Self.all)
    }

    @Test("another session's event is of no use, whoever has it")
    func isBound() async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      let other = try gateway.initialize().session
      let stream = try begin(gateway, "old", session: session, delay: "0")
      let priming = try #require(try stream.next()?.id)
      #expect(try rest(stream) == Self.all)
      let foreign = try WireStream(gateway, session: other, after: priming)
      let first = try #require(try foreign.next())
      // A stream of its own, with nothing on it but that.
      #expect(first.message == nil && first.id != nil && first.id != priming)
      #expect(try rest(try WireStream(gateway, session: session, after: priming)) == Self.all)
    }

    @Test(
      "a client that comes back before its old connection is seen to be gone keeps the new one",
      arguments: ["old", "new"])
    func comesBackEarly(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      let lost = try begin(gateway, backend, session: session)
      let first = try lost.nextMessage()
      #expect(Self.short(first.message) == "step 1")
      let stream = try WireStream(gateway, session: session, after: first.id)
      let second = try stream.nextMessage()
      lost.close()
      #expect([Self.short(second.message)] + (try rest(stream)) == Array(Self.all.dropFirst()))
    }

    @Test("a session's own stream is taken up where it was left, and gives nothing twice")
    func resumesSessions() async throws {
      let scene = try await BridgeScene.ready()
      let user = Scene.newName()
      let key = try await scene.gateway.makeUser(user, allow: ["old"])
      let session = try scene.gateway.initialize(key: key).session
      var stream = try WireStream(scene.gateway, session: session, key: key)
      var last = try #require(try stream.next()?.id)
      try await scene.gateway.command("access", "allow", user, "new")
      var seen: [String?] = []
      for _ in 0..<3 {
        let next = try stream.nextMessage()
        seen.append(next.message["method"]?.stringValue)
        last = try #require(next.id)
      }
      #expect(Set(seen).count == 3)
      for _ in 0..<2 {
        stream.close()
        stream = try WireStream(scene.gateway, session: session, after: last, key: key)
        let priming = try #require(try stream.next())
        #expect(priming.message == nil && priming.id == last)
      }
    }

    @Test("a call that its client cancels ends its stream", arguments: BridgeScene.backends)
    func endsCancelled(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let session = try gateway.initialize().session
      let stream = try begin(gateway, backend, session: session, delay: "1")
      #expect(Self.short(try stream.nextMessage().message) == "step 1")
      let answer = try gateway.post(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"call"}}"#,
        headers: RunningGateway.legacy(session))
      #expect(answer.status == 202)
      let rest = try rest(stream)
      #expect(rest.count < Self.steps - 2, "\(rest)")
    }

    @Test(
      "a call that was taken up ends when its caller may no longer make it",
      arguments: BridgeScene.backends)
    func endsByAccess(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let user = Scene.newName()
      let key = try await gateway.makeUser(user)
      let session = try gateway.initialize(key: key).session
      let stream = try begin(gateway, backend, session: session, key: key, delay: "1")
      let priming = try #require(try stream.next()?.id)
      stream.close()
      let again = try WireStream(gateway, session: session, after: priming, key: key)
      #expect(Self.short(try again.nextMessage().message) == "step 1")
      try await gateway.command("access", "block", user, "\(backend)/progress")
      let rest = try rest(again)
      #expect(rest.count < Self.steps - 2 && rest.last?.contains("narrowed") == true, "\(rest)")
    }

    @Test("a call that fails while its client is away is told so when it comes back")
    func resumesFailed() async throws {
      let old = try await PeerServer.start("old", "--eras", "legacy")
      let gateway = try await RunningGateway.start(backends: ["old": ["url": .string(old.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["old"])
      let session = try gateway.initialize().session
      let stream = try begin(gateway, "old", session: session, delay: "5")
      let priming = try #require(try stream.next()?.id)
      stream.close()
      let waiting = try WireStream(gateway, session: session, after: priming)
      #expect(Self.short(try waiting.nextMessage().message) == "step 1")
      await old.kill()
      let failure = try waiting.nextMessage().message
      #expect(failure["id"] == "call" && failure["error"]?["code"] == 1001, "\(failure.text)")
      #expect(try waiting.next() == nil)
      let again = try WireStream(gateway, session: session, after: priming)
      #expect(try again.nextMessage().message["params"]?["message"] == "step 1")
      #expect(try again.nextMessage().message == failure)
      try await gateway.stop()
    }
  }
}
