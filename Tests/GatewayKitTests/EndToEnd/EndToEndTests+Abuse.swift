import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// What clients and backends do that mean harm, or do not know better.
  @Suite("Clients and backends that abuse it")
  struct Abuse {
    private static let bearer = ("Authorization", "Bearer \(RunningGateway.staticKey)")
    private static let usual = [
      bearer, ("Content-Type", "application/json"),
      ("Accept", "application/json, text/event-stream"),
    ]

    private func pair(
      _ options: String..., backend: JSONValue = [:], settings: JSONValue = [:]
    ) async throws -> (PeerServer, RunningGateway) {
      let peer = try await PeerServer.start("peer", arguments: options)
      let gateway = try await RunningGateway.start(
        backends: ["peer": backend.adding("url", .string(peer.url))], settings: settings)
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      return (peer, gateway)
    }

    private func begin(
      _ gateway: RunningGateway, _ tool: String, _ arguments: JSONValue = [:],
      headers: [(String, String)] = []
    ) throws -> Wire {
      let params: JSONValue = [
        "name": .string(tool), "arguments": arguments, "_meta": RunningGateway.modernMeta,
      ]
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp", Self.usual + RunningGateway.mirror("tools/call", params) + headers,
        RunningGateway.message("tools/call", params))
      return wire
    }

    private func state(_ gateway: RunningGateway) throws -> JSONValue {
      try gateway.get("/status", key: RunningGateway.adminKey).json
    }

    // MARK: Clients

    @Test("what a client sends ahead, in pieces that never end a request, takes no memory")
    func forgetsWhatIsRead() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let wire = try Wire(port: gateway.port)
      let request =
        "OPTIONS /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
        + String(repeating: "a", count: 15_000) + "\r\n\r\n"
      let before = try gateway.memory()
      let (count, cut) = (32, 100)
      let many = String(repeating: request, count: count)
      try wire.send(String(many.prefix(cut)))
      for _ in 0..<60 {
        try wire.send(String(many.dropFirst(cut)) + many.prefix(cut))
        for _ in 0..<count { #expect(try wire.receive().status == 204) }
      }
      // 29 MB went through.
      #expect(try gateway.memory() - before < 12 << 20)
      try await gateway.stop()
    }

    @Test("a client that sends and does not read is answered as fast as it reads, in order")
    func waitsForReaders() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      // One thread writes to it, the other reads from it.
      nonisolated(unsafe) let wire = try Wire(port: gateway.port)
      let before = try gateway.memory()
      let count = 60_000
      let sending = Thread {
        for number in stride(from: 0, to: count, by: 100) {
          let some = (number..<number + 100).map {
            "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://\($0)\r\n\r\n"
          }
          try? wire.send(some.joined())
        }
      }
      sending.start()
      try await Task.sleep(for: .seconds(4))
      // 15 MB of answers, if they were made.
      let growth = try gateway.memory() - before
      #expect(growth < 10 << 20)
      for _ in 0..<count { try #require(try wire.receive().status == 403) }
      try await gateway.stop()
    }

    @Test(
      "a request without an id is refused, and its backend does not hear of it",
      arguments: ["/mcp", "/mcp/peer"])
    func needsIDs(path: String) async throws {
      let (peer, gateway) = try await pair()
      let name = path == "/mcp" ? "peer__echo" : "echo"
      let body = #"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"\#(name)"}}"#
      func calls() throws -> JSONValue? { try peer.stats()["methods"]?["tools/call"] }
      for version in ["2025-03-26", "2025-11-25"] {
        let session = try gateway.initialize(version: version, at: path).session
        let headers = RunningGateway.legacy(session, version)
        let single = try gateway.post(body, to: path, headers: headers)
        #expect(single.status == 400 && single.code == -32600)
        #expect(single.text.contains("tools/call is a request and needs an id"))
        let batch = try gateway.post("[\(body)]", to: path, headers: headers)
        #expect(batch.status == (version == "2025-03-26" ? 200 : 400))
        #expect(batch.text.contains(#""code":-32600"#))
        let unknown = #"{"jsonrpc":"2.0","method":"secret/do","params":{}}"#
        #expect(try gateway.post(unknown, to: path, headers: headers).status == 202)
      }
      let modern = try gateway.post(
        body, to: path, headers: RunningGateway.mirror("tools/call", ["name": .string(name)]))
      #expect(modern.status == 400 && modern.code == -32600)
      #expect(try calls() == nil)
      #expect(try peer.stats()["methods"]?["secret/do"] == nil)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("clients that read slowly get their answers whole, and no backend is blamed for them")
    func blamesNoBackend() async throws {
      let (peer, gateway) = try await pair("--json-response", backend: ["timeout": "1s"])
      let slow = try (0..<6).map { _ in
        try begin(gateway, "peer__big", ["bytes": 12_000_000])
      }
      try await Task.sleep(for: .seconds(4))
      let backend = try state(gateway)["backends"]?.arrayValue?.first
      #expect(backend?["state"] == "up", "\(backend?.text ?? "")")
      #expect(backend?["lastError"] ?? .null == .null)
      for wire in slow {
        #expect(try wire.receive().json["result"]?.toolText?.utf8.count == 12_000_000)
      }
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a stream whose legacy client has gone counts until it ends")
    func countsOrphans() async throws {
      let (peer, gateway) = try await pair(settings: ["limits": ["streamsPerPrincipal": 1]])
      let session = RunningGateway.legacy(try gateway.initialize().session)
      func call(_ tool: String, _ arguments: JSONValue) -> String {
        RunningGateway.message(
          "tools/call",
          ["name": .string(tool), "arguments": arguments, "_meta": ["progressToken": 1]])
      }
      var wire: Wire? = try Wire(port: gateway.port)
      try wire?.send(
        "POST", "/mcp", Self.usual + session,
        call("peer__progress", ["steps": 20, "delay": .number("0.1")]))
      #expect(try wire?.receiveHead().status == 200)
      wire = nil
      try await Task.sleep(for: .milliseconds(300))
      #expect(
        try gateway.post(call("peer__echo", ["text": "x"]), headers: session).status == 429)
      var status = 429
      for _ in 0..<50 where status == 429 {
        try await Task.sleep(for: .milliseconds(100))
        status = try gateway.post(call("peer__echo", ["text": "x"]), headers: session).status
      }
      #expect(status == 200)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("so does one whose client left before it began, asked for or not, as JSON or in a batch")
    func countsEarlyOrphans() async throws {
      let server = try await FaultyServer("silent", "1")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(server.url)]],
        settings: ["limits": ["streamsPerPrincipal": 3]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let session = RunningGateway.legacy(
        try gateway.initialize(version: "2025-03-26").session, "2025-03-26")
      func call(_ id: Int) -> String {
        RunningGateway.message(
          "tools/call", ["name": "peer__one"], id: .number("\(id)"))
      }
      for (id, kind) in ["stream", "json", "batch"].enumerated() {
        let wire = try Wire(port: gateway.port)
        let accept = kind == "stream" ? "application/json, text/event-stream" : "application/json"
        try wire.send(
          "POST", "/mcp", [Self.bearer, ("Accept", accept)] + session,
          kind == "batch" ? "[\(call(id))]" : call(id))
        try await Task.sleep(for: .milliseconds(200))
      }
      // All three have begun by now, and nobody is there to read them.
      try await Task.sleep(for: .milliseconds(1500))
      #expect(try state(gateway)["streams"]?.intValue == 3)
      let refused = try gateway.post(call(9), headers: session)
      #expect(refused.status == 429, "\(refused.text)")
      try await gateway.stop()
      await server.stop()
    }

    @Test("as many parameter headers as the limits allow, each as short as can be, are passed on")
    func passesManyHeaders() async throws {
      let (peer, gateway) = try await pair(settings: ["limits": ["headerLines": 1000]])
      let params: JSONValue = [
        "name": "peer__echo", "arguments": ["text": "x"], "_meta": RunningGateway.modernMeta,
      ]
      let body = RunningGateway.message("tools/call", params)
      var head = "POST /mcp HTTP/1.1\r\nHost:127.0.0.1\r\nContent-Length:\(body.utf8.count)\r\n"
      for (name, value) in Self.usual + RunningGateway.mirror("tools/call", params) {
        head += "\(name):\(value)\r\n"
      }
      for number in 0..<950 { head += "Mcp-Param-\(number):x\r\n" }
      #expect(head.utf8.count < 16_384)
      let wire = try Wire(port: gateway.port)
      try wire.send("\(head)\r\n\(body)")
      #expect(try wire.receive().json["result"]?.toolText == "x")
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a large body that arrives while the store is read again is taken all the same")
    func readsOn() async throws {
      let (peer, gateway) = try await pair()
      let key = try await gateway.makeUser("alice")
      let params: JSONValue = [
        "name": "peer__echo",
        "arguments": ["text": .string(String(repeating: "x", count: 1 << 20))],
        "_meta": RunningGateway.modernMeta,
      ]
      let body = RunningGateway.message("tools/call", params)
      for number in 0..<10 {
        let wire = try Wire(port: gateway.port, receiveTimeout: 5)
        #expect(
          try Wire.exchange(
            port: gateway.port, "PATCH", "/users/alice",
            [("Authorization", "Bearer \(RunningGateway.adminKey)")],
            #"{"description": "\#(number)"}"#
          ).status == 200)
        let file = "\(gateway.directory)/users.json"
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file)
        try wire.send(
          "POST", "/mcp",
          [("Authorization", "Bearer \(key)"), ("Accept", "application/json, text/event-stream")]
            + RunningGateway.mirror("tools/call", params), body)
        #expect(try wire.receive().status == 200)
      }
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a user's sessions beyond the limit are put away, and go on when they are used")
    func putsSessionsAway() async throws {
      let (peer, gateway) = try await pair(settings: ["limits": ["sessionsPerPrincipal": 10]])
      let sessions = try (0..<40).map { _ in try gateway.initialize().session }
      let kept = try state(gateway)["sessions"]?.intValue ?? 0
      #expect((1...10).contains(kept))
      let call = RunningGateway.message(
        "tools/call", ["name": "peer__echo", "arguments": ["text": "x"]])
      for session in [sessions[0], sessions[20], sessions[39]] {
        let answer = try gateway.post(call, headers: RunningGateway.legacy(session))
        #expect(try answer.json["result"]?.toolText == "x")
      }
      try await gateway.stop()
      await peer.stop()
    }

    @Test("who holds every connection does not keep the owner from the socket")
    func keepsTheSocketOpen() async throws {
      let gateway = try await RunningGateway.start(
        backends: [:], settings: ["limits": ["connections": 5]])
      let wires = try (0..<5).map { _ in
        let wire = try Wire(port: gateway.port)
        try wire.send("GET", "/health", [])
        #expect(try wire.receive().status == 200)
        return wire
      }
      #expect(throws: Wire.Failure.self) { try gateway.get("/health") }
      let (code, output, error) = try await Program.run(
        "/usr/bin/curl",
        [
          "-sS", "--unix-socket", "\(gateway.directory)/gateway.sock", "http://localhost/status",
        ])
      #expect(code == 0 && output.contains("\"connections\":5"), "\(output)\(error)")
      _ = wires
      try await gateway.stop()
    }

    @Test("without a descriptor left it waits instead of spinning, and serves again")
    func outlastsDescriptors() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let pid = gateway.program.processIdentifier
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
      let (code, _, error) = try await Program.run(
        "/usr/bin/prlimit", ["--pid", "\(pid)", "--nofile=\(open + 10):\(open + 10)"])
      try #require(code == 0, "\(error)")
      var wires = try (0..<50).map { _ in try Wire(port: gateway.port) }
      try await Task.sleep(for: .milliseconds(500))
      let before = try gateway.processorTime()
      try await Task.sleep(for: .seconds(2))
      #expect(try gateway.processorTime() - before < 0.5, "with \(wires.count) connections")
      wires = []
      try await Task.sleep(for: .seconds(2))
      #expect(try gateway.get("/health").status == 200)
      try await gateway.stop()
    }

    @Test("requests do not fill the log")
    func keepsQuiet() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      for _ in 0..<5 {
        #expect(try Wire.exchange(port: gateway.port, "DELETE", "/users/nobody").status == 401)
      }
      let known = try Wire.exchange(
        port: gateway.port, "DELETE", "/users/nobody",
        [("Authorization", "Bearer \(RunningGateway.adminKey)")])
      #expect(known.status == 404)
      try await gateway.stop()
      #expect(!gateway.program.errorText.contains("DELETE"))
    }

    // MARK: Backends

    @Test("an answer that comes before its request was read leaves nothing to the next caller")
    func closesAfterEarlyAnswers() async throws {
      let server = try await FaultyServer("early")
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(server.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      for _ in 0..<5 {
        let large = try begin(
          gateway, "peer__one", ["text": .string(String(repeating: "x", count: 6 << 20))])
        #expect(try large.receive().status == 200)
        let next = try begin(gateway, "peer__one").receive()
        #expect(try next.json["result"]?.toolText == "early", "\(next.text)")
      }
      try await gateway.stop()
      await server.stop()
    }

    @Test("where nobody listens, that is said at once, to whoever begins a session there")
    func saysWhatIsGone() async throws {
      let peer = try await PeerServer.start("peer")
      await peer.kill()
      let gateway = try await RunningGateway.start(backends: ["gone": ["url": .string(peer.url)]])
      let started = ContinuousClock.now
      let params: JSONValue = [
        "protocolVersion": "2025-11-25", "capabilities": [:],
        "clientInfo": ["name": "wire", "version": "1"],
      ]
      let answer = try gateway.post(
        RunningGateway.message("initialize", params), to: "/mcp/gone")
      #expect(answer.code == 1001, "\(answer.text)")
      #expect(ContinuousClock.now - started < .seconds(3))
      try await gateway.stop()
    }

    @Test("a stdio child that hangs is ended and started again")
    func replacesHangingChildren() async throws {
      let gateway = try await RunningGateway.start(backends: [
        "child": [
          "command": .string(try Place.python),
          "args": [.string(Place.peer("child.py")), "--tools", "freeze", "seen"], "timeout": "1s",
        ]
      ])
      try await Scene.waitForCatalogs(of: gateway, ["child"])
      func pid() throws -> Int? {
        try state(gateway)["backends"]?.arrayValue?.first?["childPID"]?.intValue
      }
      let session = RunningGateway.legacy(try gateway.initialize().session)
      let seen = RunningGateway.message("tools/call", ["name": "child__seen"], id: 9)
      #expect(try gateway.post(seen, headers: session).status == 200)
      let first = try #require(try pid())
      let calls = try (0..<3).map { id in
        let wire = try Wire(port: gateway.port)
        try wire.send(
          "POST", "/mcp", Self.usual + session,
          RunningGateway.message(
            "tools/call", ["name": "child__freeze"], id: .number("\(id)")))
        return wire
      }
      for call in calls {
        let answer = try call.receive()
        #expect([1001, 1002].contains(answer.code), "\(answer.text)")
      }
      var second: Int?
      for _ in 0..<100 where second == nil || second == first {
        try await Task.sleep(for: .milliseconds(100))
        second = try pid()
      }
      #expect(second != nil && second != first)
      try await gateway.stop()
    }

    @Test("every call is answered while its backend is taken away and brought back")
    func answersDuringReloads() async throws {
      let gateway = try await RunningGateway.start(
        backends: ["wave": try Self.demo("wave"), "erpnext": try Self.demo("erpnext")])
      try await Scene.waitForCatalogs(of: gateway, ["wave", "erpnext"])
      let file = "\(gateway.directory)/gateway.json"
      let full = try JSONValue.parse(Data(contentsOf: URL(filePath: file)))
      let less = full.with("mcpServers", ["erpnext": try Self.demo("erpnext")])
      let end = ContinuousClock.now + .seconds(4)
      let answered = try await withThrowingTaskGroup { group in
        for _ in 0..<8 {
          group.addTask {
            var count = 0
            while ContinuousClock.now < end {
              let call = try begin(gateway, "wave__list_customers")
              #expect([200, 502].contains(try call.receive().status))
              count += 1
              await Task.yield()
            }
            return count
          }
        }
        for number in 0..<12 {
          try Data((number.isMultiple(of: 2) ? less : full).bytes).write(to: URL(filePath: file))
          gateway.program.signal(SIGHUP)
          try await Task.sleep(for: .milliseconds(300))
        }
        return try await group.reduce(0, +)
      }
      #expect(answered > 8)
      try await gateway.stop()
    }

    private static func demo(_ name: String) throws -> JSONValue {
      [
        "command": .string(try Place.gateway),
        "args": ["demo-server", .string(name)],
      ]
    }

    @Test("the answers of a batch are bounded together")
    func boundsBatches() async throws {
      let (peer, gateway) = try await pair()
      let version = "2025-03-26"
      let session = try gateway.initialize(version: version).session
      let calls = (1...3).map {
        RunningGateway.message(
          "tools/call", ["name": "peer__big", "arguments": ["bytes": 6_000_000]],
          id: .number("\($0)"))
      }
      let answer = try gateway.post(
        "[\(calls.joined(separator: ","))]", headers: RunningGateway.legacy(session, version))
      let answers = try answer.json.arrayValue ?? []
      #expect(answers.map { $0["id"]?.intValue } == [1, 2, 3])
      #expect(answers.map { $0["error"]?["code"]?.intValue } == [nil, nil, -32603])
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a backend's endless interim answers are a bad answer at once")
    func endsInterimAnswers() async throws {
      let server = try await FaultyServer("modern")
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(server.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let before = try gateway.memory()
      try server.become("interim")
      let started = ContinuousClock.now
      let answer = try begin(gateway, "peer__one").receive()
      #expect(answer.status == 502 && answer.code == 1001)
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(try gateway.memory() - before < 16 << 20)
      try await gateway.stop()
      await server.stop()
    }

    @Test("a call under way at a backend that is configured otherwise keeps its time limit")
    func keepsTimeLimits() async throws {
      let (peer, gateway) = try await pair(backend: ["timeout": "2s"])
      let call = try begin(gateway, "peer__slow", ["seconds": 30])
      let file = "\(gateway.directory)/gateway.json"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let changed = text.replacing(#""timeout":"2s""#, with: #""timeout":"3s""#)
      try #require(changed != text)
      try Data(changed.utf8).write(to: URL(filePath: file))
      gateway.program.signal(SIGHUP)
      let answer = try call.receive()
      #expect(answer.status == 504 && answer.code == 1002)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("what a backend says of itself makes no lines of its own in the log")
    func keepsItsLog() async throws {
      let server = try await FaultyServer("modern", "2026\n2026-01-01 forged\u{1b}[2J")
      for (format, shown) in [
        ("text", #"2026\u{a}2026-01-01 forged\u{1b}[2J"#),
        ("json", #"2026\n2026-01-01 forged\u001b[2J"#),
      ] {
        let gateway = try await RunningGateway.start(
          backends: ["peer": ["url": .string(server.url)]],
          environment: ["GATEWAY_LOG_FORMAT": format])
        let line = try await gateway.program.errorLine(containing: "peer is up")
        #expect(line.contains(shown), "\(line)")
        try await gateway.stop()
      }
      await server.stop()
    }
  }
}
