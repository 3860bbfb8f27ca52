import Foundation
import Logging
import Testing

@testable import GatewayKit

extension BackendTests {
  @Suite("stdio backends")
  struct StdioServers {
    private static func isAlive(_ pid: Int32) -> Bool {
      guard kill(pid, 0) == 0 else { return false }
      let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      return status.map { !$0.contains(") Z ") } ?? false
    }

    /// Whether it has ended, or does in a moment: a busy machine takes its time.
    private static func isGone(_ pid: Int32) async -> Bool {
      for _ in 0..<500 where isAlive(pid) { try? await Task.sleep(for: .milliseconds(10)) }
      return !isAlive(pid)
    }

    @Test(
      "the official SDK's server is probed and its catalog read",
      arguments: ["legacy", "modern", "both"])
    func sdk(eras: String) async throws {
      let scene = BackendScene(try .sdkChild(eras: eras))
      let view = try await scene.up()
      #expect(view.eras == [eras == "legacy" ? .legacy : .modern])
      #expect(view.catalog?.tools.map(\.name).prefix(2) == ["echo", "add"])
      #expect(view.catalog?.templates.count == 1)
      #expect(view.restarts == 0)
      #expect(Self.isAlive(try #require(view.childPID)))
      await scene.stop()
      #expect(await Self.isGone(try #require(view.childPID)))
    }

    @Test("one child serves all clients, in the newest era that it speaks")
    func oneChild() async throws {
      let scene = BackendScene(try .sdkChild(eras: "both"))
      let view = try await scene.up()
      let who = try await scene.call("whoami", era: .modern)
      let seen = try JSONValue.parse((who.last?.toolAnswer ?? "").utf8)
      #expect(seen["protocolVersion"] == "2026-07-28")
      #expect(scene.set.views[0].eras == [.modern])
      #expect(scene.set.views[0].childPID == view.childPID)
      await scene.stop()
    }

    @Test("where sessions are isolated each has a child of its own, and no more than may be")
    func isolated() async throws {
      let backend = try slowBackend("--era", "legacy", isIsolated: true)
      #expect(try await backend.findings().eras == [.legacy])
      let one = BackendScene.client(SessionNumber())
      let other = BackendScene.client(SessionNumber())
      let first = try await backend.child(for: one)
      #expect(try await backend.child(for: one) === first)
      #expect(try await backend.child(for: other) !== first)
      #expect(try await backend.child(for: BackendScene.client()) !== first)
      await #expect(throws: BackendError.self, "two are all that it may have") {
        try await backend.child(for: BackendScene.client(SessionNumber()))
      }
      let pid = try #require(first.pid)
      await backend.end(try #require(one.session))
      #expect(await Self.isGone(pid))
      _ = try await backend.child(for: BackendScene.client(SessionNumber()))
      await backend.stop()
    }

    @Test("that all processes are in use is told once, with what to do, and each client hears why")
    func saysThatItIsFull() async throws {
      let log = LogCollector()
      let backend = try slowBackend(
        "--era", "legacy", isIsolated: true, logger: Logger(label: "test") { _ in log })
      #expect(try await backend.findings().eras == [.legacy])
      for _ in 0..<2 { _ = try await backend.child(for: BackendScene.client(SessionNumber())) }
      for _ in 0..<3 {
        let error = await #expect(throws: BackendError.self) {
          try await backend.child(for: BackendScene.client(SessionNumber()))
        }
        #expect(error?.rpcError.code == 1001)
        #expect(
          error?.rpcError.message
            == "backend unavailable: all 2 processes that its sessions may have are in use; try again later"
        )
      }
      let warnings = log.lines.filter { $0.hasPrefix("warning") }
      #expect(warnings.count == 1, "\(warnings)")
      #expect(warnings.first?.contains("Raise \"processes\"") == true)
      await backend.stop()
    }

    @Test("the one that has been idle longest makes room, and none that is at work")
    func makesRoom() async throws {
      let backend = try slowBackend(
        "--era", "legacy", roomTime: .milliseconds(200), isIsolated: true)
      #expect(try await backend.findings().eras == [.legacy])
      let (one, other) = (
        BackendScene.client(SessionNumber()), BackendScene.client(SessionNumber())
      )
      let first = try #require(try await backend.child(for: one).pid)
      let second = try await backend.child(for: other)
      let body = Array(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hang"}}"#.utf8)
      let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      let hanging = second.exchange(body, envelope, for: other, timeout: .seconds(20))
      try await Task.sleep(for: .milliseconds(300))
      let third = BackendScene.client(SessionNumber())
      let late = try await backend.child(for: third)
      #expect(!Self.isAlive(first))
      #expect(!second.hasEnded && !late.hasEnded)
      // Both are at work, or were a moment ago.
      await #expect(throws: BackendError.self) { try await backend.child(for: one) }
      withExtendedLifetime(hanging) {}
      await backend.stop()
    }

    @Test(
      "legacy servers are found, however they meet the probe",
      arguments: ["legacy", "fragile", "vague"])
    func legacyKinds(era: String) async throws {
      let scene = BackendScene(try .child("--era", era))
      let view = try await scene.up()
      #expect(view.eras == [.legacy] && view.versions == ["2025-11-25"])
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      await scene.stop()
    }

    @Test("a server that speaks only unknown versions is named as such")
    func future() async throws {
      let scene = BackendScene(try .child("--era", "future", "--versions", "2031-01-01"))
      let view = try await scene.view { $0.state == .down }
      #expect(view.lastError?.contains("it speaks only 2031-01-01") == true)
      await scene.stop()
    }

    private func slowBackend(
      _ options: String..., idleTime: Duration = StdioBackend.standardIdleTime,
      roomTime: Duration = StdioBackend.standardRoomTime, isIsolated: Bool = false,
      logger: Logger = Logger(label: "test")
    ) throws -> StdioBackend {
      StdioBackend(
        name: "slow",
        launch: .process(
          ChildLaunch(
            command: try Place.python, arguments: [Place.peer("child.py")] + options,
            environment: [:], directory: nil)),
        timeout: .seconds(20), probeTime: .milliseconds(200), idleTime: idleTime,
        roomTime: roomTime, isIsolated: isIsolated, mostIsolated: 2,
        logger: logger)
    }

    @Test("a server that is silent at the probe gets the legacy handshake")
    func silent() async throws {
      let backend = try slowBackend("--era", "silent")
      #expect(try await backend.findings().eras == [.legacy])
      await backend.stop()
    }

    @Test("a modern server that is only slow to start is not taken for a legacy one")
    func slowModern() async throws {
      let backend = try slowBackend("--era", "slow", "--delay", "1")
      #expect(try await backend.findings().eras == [.modern])
      await backend.stop()
    }

    @Test("a session's own child ends when it is idle, and the next call starts another")
    func idle() async throws {
      let backend = try slowBackend(
        "--era", "legacy", idleTime: .milliseconds(600), isIsolated: true)
      #expect(try await backend.findings().eras == [.legacy])
      let own = try #require(backend.process.pid)
      let client = BackendScene.client(SessionNumber())
      let child = try await backend.child(for: client)
      let pid = try #require(child.pid)
      // A request under way keeps it.
      let body = Array(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hang"}}"#.utf8)
      let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      let hanging = Task {
        for try await _ in child.exchange(body, envelope, for: client, timeout: .seconds(20)) {}
      }
      try await Task.sleep(for: .milliseconds(1500))
      #expect(try await backend.child(for: client).pid == pid)
      hanging.cancel()
      let ended = ContinuousClock.now
      #expect(await Self.isGone(pid))
      #expect(ContinuousClock.now - ended >= .milliseconds(500))
      let another = try #require(try await backend.child(for: client).pid)
      #expect(another != pid && Self.isAlive(another))
      #expect(backend.process.pid == own && Self.isAlive(own))
      await backend.stop()
    }

    @Test("a child gets few variables of the gateway's, and those configured")
    func environment() async throws {
      setenv("GATEWAY_TEST_SECRET", "not for children", 1)
      let scene = BackendScene(try .child(environment: ["OWN": "here", "HOME": "/elsewhere"]))
      try await scene.up()
      let answer = try await scene.call("environment").last?.toolAnswer
      let variables = try JSONValue.parse((answer ?? "").utf8)
      #expect(variables["OWN"] == "here" && variables["HOME"] == "/elsewhere")
      #expect(variables["PATH"] != nil)
      #expect(variables["GATEWAY_TEST_SECRET"] == nil)
      await scene.stop()
    }

    @Test("a child that the kernel kills is started again, and its calls fail at once")
    func killed() async throws {
      let scene = BackendScene(try .child())
      let first = try #require(try await scene.up().childPID)
      let hanging = try await scene.begin("tools/call", BackendScene.params("hang"))
      _ = try await scene.line(containing: "hanging")
      kill(first, SIGKILL)
      let error = await #expect(throws: BackendError.self) { for try await _ in hanging {} }
      #expect(error?.description.contains("ended by signal 9") == true)
      #expect(error?.rpcError.code == 1001)
      let view = try await scene.view { $0.state == .up && $0.childPID != first }
      #expect(view.restarts == 1)
      #expect(try await scene.call("seen").last?.toolAnswer != nil)
      await scene.stop()
    }

    @Test("a child that ends by itself leaves its status and last words")
    func dies() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      let error = await #expect(throws: BackendError.self) { try await scene.call("die") }
      #expect(
        error?.description
          == "its process ended with status 3; it last wrote: Traceback: the last words")
      await scene.stop()
    }

    @Test("a child that cannot live is tried again with growing waits")
    func crashes() async throws {
      let scene = BackendScene(try .child("--crash"))
      let view = try await scene.view { $0.state == .down }
      #expect(view.lastError?.contains("it cannot start like this") == true)
      try await Task.sleep(for: .seconds(4))
      // Two starts a try (with the probe and without), at 0, about 1 and about 3 s.
      let starts = scene.lines.filter { $0.contains(" started") }.count
      #expect((3...6).contains(starts), "\(starts) starts")
      await #expect(throws: BackendError.self) { try await scene.call("seen") }
      await scene.stop()
    }

    @Test("a command that is not there is named")
    func missing() async throws {
      let scene = BackendScene([
        BackendConfiguration(
          name: "a",
          transport: .stdio(
            command: "no-such-program", arguments: [], environment: [:], directory: nil)),
        BackendConfiguration(
          name: "b",
          transport: .stdio(
            command: "/no/such/program", arguments: [], environment: [:], directory: nil)),
        BackendConfiguration(
          name: "c",
          transport: .stdio(
            command: "cat", arguments: [], environment: [:], directory: "/no/such/directory")),
      ])
      while scene.set.views.contains(where: { $0.state == .starting }) {
        try await Task.sleep(for: .milliseconds(5))
      }
      let errors = scene.set.views.map { $0.lastError ?? "" }
      #expect(errors[0].contains("no-such-program is not found"), "\(errors)")
      #expect(errors[1].contains("/no/such/program"), "\(errors)")
      #expect(errors[2].contains("/no/such/directory"), "\(errors)")
      await scene.stop()
    }

    @Test("stopping ends children that ignore the end of their input and SIGTERM, within 2.5 s")
    func stubborn() async throws {
      let scene = BackendScene(try .child("--stubborn"))
      let pid = try #require(try await scene.up().childPID)
      let began = ContinuousClock.now
      await scene.stop()
      #expect(ContinuousClock.now - began < .seconds(2.5))
      #expect(await Self.isGone(pid))
    }

    @Test("what a child has started ends with it")
    func grandchildren() async throws {
      let scene = BackendScene(try .child())
      let pid = try #require(try await scene.up().childPID)
      let answer = try await scene.call("spawn").last?.toolAnswer ?? ""
      let grandchild = Int32(try #require(JSONValue.parse(answer.utf8)["pid"]?.intValue))
      #expect(Self.isAlive(grandchild))
      kill(pid, SIGKILL)
      try await scene.view { $0.state == .up && $0.childPID != pid }
      #expect(await Self.isGone(grandchild))
      await scene.stop()
    }

    @Test("a changed list is read again")
    func listChanged() async throws {
      let scene = BackendScene(try .child())
      try await scene.up()
      _ = try await scene.call("change", ["name": "new"])
      try await scene.view { $0.catalog?.tools.map(\.name) == ["seen", "new"] }
      await scene.stop()
    }

    @Test("a new configuration stops what is gone, starts what is new and leaves the rest alone")
    func apply() async throws {
      let one = try BackendConfiguration.child()
      var two = try BackendConfiguration.child("--tools", "other")
      two = BackendConfiguration(name: "two", transport: two.transport)
      let scene = BackendScene([one])
      let pid = try #require(try await scene.up().childPID)
      await scene.set.apply([two, one])
      #expect(scene.set.views.map(\.configuration.name) == ["two", "child"])
      try await scene.up()
      #expect(scene.set.views[1].childPID == pid)
      await scene.set.apply([two])
      #expect(await Self.isGone(pid))
      #expect(scene.set.backend(BackendID("child")) == nil)
      await scene.stop()
    }
  }
}
