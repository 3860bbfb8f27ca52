import Testing

@testable import GatewayKit

extension BackendTests {
  @Suite("Exchanges with a stdio child")
  struct Exchanges {
    @Test(
      "ids and progress tokens come back with their type and value",
      arguments: [1, 0, -1, 9_007_199_254_740_991, "1", "a\"b", ""] as [JSONValue],
      [nil, 1, "1", "t"] as [JSONValue?])
    func identifiers(id: JSONValue, token: JSONValue?) async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let meta: JSONValue? = token.map { ["progressToken": $0] }
      let answers = try await scene.call("steps", ["steps": 2], id: id, meta: meta)
      #expect(answers.last?["id"] == id)
      let progress = answers.dropLast().map { $0["params"] ?? .null }
      #expect(progress.count == (token == nil ? 0 : 2))
      #expect(progress.allSatisfy { $0["progressToken"] == token })
      #expect(progress.map { $0["progress"] } == (token == nil ? [] : [0, 1]))
      await scene.stop()
    }

    @Test("many callers with the same id and token at once get their own answers")
    func sameIdentifiers() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let count = 200
      let right = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<count {
          group.addTask {
            let answers = try await scene.call(
              "collect", ["count": .number("\(count)"), "value": .number("\(number)")], id: 1,
              meta: ["progressToken": 1])
            return answers.count == 2 && answers[0]["params"]?["progress"]?.intValue == number
              && answers[0]["params"]?["progressToken"] == 1 && answers[1]["id"] == 1
              && answers[1].toolAnswer == "\(number)"
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(right == count)
      await scene.stop()
    }

    @Test("nothing but id and token is changed on the way out")
    func untouched() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let text =
        #"{"params":{"arguments":{ "n":1.50,"id":7},"name":"seen","_meta":{"x":1,"progressToken":"t"}},"#
        + "\n" + #""method":"tools/call","id":"mine","jsonrpc":"2.0"}"#
      let body = Array(text.utf8)
      let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      var last: [UInt8] = []
      let exchange = try await scene.backend.exchange(body, envelope, for: BackendScene.client())
      for try await message in exchange.messages { last = message }
      let answer = try JSONValue.parse(last)
      #expect(answer["id"] == "mine")
      let seen = try JSONValue.parse((answer.toolAnswer ?? "").utf8)
      #expect(seen["id"]?.intValue != nil && seen["id"] == seen["token"])
      await scene.stop()
    }

    @Test("a caller that goes away cancels its request at the child")
    func cancellation() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let work = Task {
        for try await _ in try await scene.begin("tools/call", BackendScene.params("hang")) {}
      }
      let line = try await scene.line(containing: "hanging")
      let number = try #require(line.split(separator: " ").last)
      work.cancel()
      _ = try await scene.line(containing: "cancelled \(number)")
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      await scene.stop()
    }

    @Test("leaving the stream early cancels too")
    func leaving() async throws {
      let scene = BackendScene(try .child("--tools", "seen"))
      try await scene.up()
      do {
        let messages = try await scene.begin(
          "tools/call",
          BackendScene.params("collect", ["count": 2, "value": 1], meta: ["progressToken": 1]))
        _ = messages
      }
      _ = try await scene.line(containing: "cancelled")
      await scene.stop()
    }

    @Test("an answer that does not come in time fails the call and is cancelled at the child")
    func timeout() async throws {
      let scene = BackendScene(try .child(timeout: .milliseconds(700)))
      try await scene.up()
      let error = await #expect(throws: BackendError.self) { try await scene.call("hang") }
      #expect(error?.rpcError.code == 1002)
      _ = try await scene.line(containing: "cancelled")
      #expect(scene.set.views[0].lastError?.contains("time limit") == true)
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      await scene.stop()
    }

    @Test(
      "noise on its output is skipped, and its error output is logged without control characters")
    func noise() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      #expect(try await scene.call("noise").last?.toolAnswer == "still here")
      _ = try await scene.line(containing: "is no message: starting up...")
      let line = try await scene.line(containing: "red ")
      #expect(line.hasPrefix("info child: red \\u{1b}[31malert"))
      #expect(line.utf8.count < 2500 && line.hasSuffix("… (cut)"))
      await scene.stop()
    }

    @Test(
      "an answer beyond 16 MiB fails its own call only, wherever its id stands",
      arguments: ["head", "middle", "tail"])
    func huge(place: String) async throws {
      let scene = BackendScene(try .child())
      let pid = try await scene.up().childPID
      let hanging = Task { try await scene.call("hang") }
      _ = try await scene.line(containing: "hanging")
      let error = await #expect(throws: BackendError.self) {
        try await scene.call("huge", ["bytes": 17_000_000, "id": .string(place)])
      }
      #expect(error?.description.contains("longer than 16 MiB") == true)
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      #expect(scene.set.views[0].childPID == pid)
      hanging.cancel()
      await scene.stop()
    }

    @Test("a notification beyond 16 MiB is left out, and nobody's call ends")
    func hugeNotification() async throws {
      let scene = BackendScene(try .child())
      let pid = try await scene.up().childPID
      let answers = try await scene.call("shout", ["bytes": 17_000_000])
      #expect(answers.count == 1 && answers.last?.toolAnswer == "done")
      _ = try await scene.line(containing: "no answer is left out: it is longer than 16 MiB")
      #expect(scene.set.views[0].childPID == pid)
      await scene.stop()
    }

    @Test("an answer beyond 16 MiB that comes after its time limit ends nothing")
    func hugeAndLate() async throws {
      let scene = BackendScene(try .child(timeout: .milliseconds(700)))
      let pid = try await scene.up().childPID
      let error = await #expect(throws: BackendError.self) {
        try await scene.call("huge", ["bytes": 17_000_000, "delay": 1])
      }
      #expect(error?.rpcError.code == 1002)
      _ = try await scene.line(containing: "an answer is left out")
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      #expect(scene.set.views[0].childPID == pid)
      await scene.stop()
    }

    @Test("an answer that cannot be read fails its call at once")
    func unreadable() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let error = await #expect(throws: BackendError.self) { try await scene.call("deep") }
      #expect(error?.description.contains("its answer is not MCP") == true)
      await scene.stop()
    }

    @Test("output without an end and without a call that it belongs to ends the child")
    func nameless() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let error = await #expect(throws: BackendError.self) {
        try await scene.call("nameless", ["bytes": 17_000_000])
      }
      #expect(error?.description.contains("longer than 16 MiB") == true)
      try await scene.view { $0.state == .down }
      try await scene.up()
      await scene.stop()
    }

    @Test("a child's ping is answered, and what else it asks goes to the one client that waits")
    func asks() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let message: JSONValue = [
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": ["name": "ask", "arguments": [:]],
      ]
      let body = message.bytes
      let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      let exchange = try await scene.backend.exchange(body, envelope, for: BackendScene.client())
      var answer = ""
      for try await line in exchange.messages {
        let message = try JSONValue.parse(line)
        guard message["method"] == "roots/list" else {
          answer = message.toolAnswer ?? ""
          continue
        }
        exchange.tell(Array(#"{"jsonrpc":"2.0","id":"b","result":{"roots":[]}}"#.utf8))
      }
      let answers = try JSONValue.parse(answer.utf8)
      #expect(answers["a"] == [:])
      #expect(answers["b"] == ["roots": []])
      await scene.stop()
    }

    /// A call of another client's that the child works on without an end.
    private func hang(
      _ scene: BackendScene, _ client: ChannelClient
    ) async throws -> Task<Void, any Error> {
      let message = Array(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hang"}}"#.utf8)
      let envelope = try message.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      let exchange = try await scene.backend.exchange(message, envelope, for: client)
      let hanging = Task { for try await _ in exchange.messages {} }
      _ = try await scene.line(containing: "hanging")
      return hanging
    }

    @Test("what a child asks while several clients wait is refused")
    func asksAmongSeveral() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let hanging = try await hang(scene, BackendScene.client(SessionNumber()))
      let answer = try await scene.call("ask").last?.toolAnswer ?? ""
      #expect(try JSONValue.parse(answer.utf8)["b"]?["code"] == -32601)
      hanging.cancel()
      await scene.stop()
    }

    @Test(
      "what a child asks or logs goes to nobody else while it may be for one that gave up",
      arguments: [Principal.user(id: "ada"), .static])
    func asksForWhoGaveUp(principal: Principal) async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let hanging = try await hang(scene, BackendScene.client(SessionNumber(), of: principal))
      hanging.cancel()
      _ = try? await hanging.value
      let isOwn = principal == .static
      #expect(try await scene.call("log").count == (isOwn ? 2 : 1))
      if !isOwn {
        let answer = try await scene.call("ask").last?.toolAnswer ?? ""
        #expect(try JSONValue.parse(answer.utf8)["b"]?["code"] == -32601)
      }
      await scene.stop()
    }

    @Test("a log message reaches the only call under way, and nobody when there are two")
    func logs() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let alone = try await scene.call("log")
      #expect(alone.map { $0["method"]?.stringValue } == ["notifications/message", nil])
      let hanging = Task { try await scene.call("hang") }
      _ = try await scene.line(containing: "hanging")
      #expect(try await scene.call("log").count == 1)
      hanging.cancel()
      await scene.stop()
    }

    @Test("a subscription's messages carry its own id")
    func subscription() async throws {
      let scene = BackendScene(try .child("--era", "modern"))
      try await scene.up()
      let tag = "io.modelcontextprotocol/subscriptionId"
      let messages = try await scene.ask(
        "subscriptions/listen", ["_meta": ClientIdentity.gatewayMeta], id: "mine", era: .modern)
      #expect(messages.count == 3)
      #expect(messages[0]["params"]?["_meta"]?[tag] == "mine")
      #expect(messages[1]["params"]?["_meta"]?[tag] == "mine")
      #expect(messages[2]["result"]?["_meta"]?[tag] == "mine" && messages[2]["id"] == "mine")
      await scene.stop()
    }

    @Test("a reader that stands still loses the oldest progress and never the answer")
    func slowReader() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let messages = try await scene.begin(
        "tools/call", BackendScene.params("steps", ["steps": 5000], meta: ["progressToken": 1]))
      _ = try await scene.line(containing: "reads too slowly")
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      var count = 0
      var last: JSONValue?
      for try await message in messages {
        count += 1
        last = try JSONValue.parse(message)
      }
      #expect(count == StdioExchange.bufferLimit)
      #expect(last?.toolAnswer == "done")
      await scene.stop()
    }
  }
}
