import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What is left of stdio backends' processes")
  struct Children {
    /// A gateway with a stdio backend, and the processes that it started: the backend's own, one in
    /// its process group, and one in a session of its own.
    private func start(
      _ options: [String] = []
    ) async throws -> (gateway: RunningGateway, session: String, pids: [Int32]) {
      let gateway = try await RunningGateway.start(backends: [
        "child": [
          "command": .string(try Place.python),
          "args": .array(
            [Place.peer("child.py"), "--tools", "spawn", "die"].map(JSONValue.string)
              + options.map(JSONValue.string)),
        ]
      ])
      try await Scene.waitForCatalogs(of: gateway, ["child"])
      let session = try gateway.initialize().session
      var pids: Set<Int32> = []
      for isSession in [false, true] {
        let answer = try gateway.post(
          RunningGateway.message(
            "tools/call",
            ["name": "child__spawn", "arguments": ["session": .bool(isSession)]]),
          headers: RunningGateway.legacy(session))
        let seen = try #require(answer.json["result"]?.toolJSON)
        for member in ["pid", "parent"] {
          pids.insert(Int32(try #require(seen[member]?.intValue)))
        }
      }
      #expect(pids.count == 3)
      return (gateway, session, Array(pids))
    }

    /// Those that are still there after a moment.
    private func left(_ pids: [Int32], within limit: Duration = .seconds(3)) async -> [Int32] {
      let end = ContinuousClock.now + limit
      var left = pids
      while !left.isEmpty, ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(10))
        left = pids.filter { pid in
          let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
          return status.map { !$0.contains(") Z ") } ?? false
        }
      }
      return left
    }

    @Test(
      "nothing is left when the gateway is killed",
      arguments: [[], ["--stubborn"]] as [[String]])
    func killed(options: [String]) async throws {
      let (gateway, _, pids) = try await start(options)
      gateway.program.signal(SIGKILL)
      _ = try await gateway.program.exitCode()
      #expect(await left(pids) == [])
    }

    @Test(
      "nothing is left when the gateway stops",
      arguments: [[], ["--stubborn"]] as [[String]])
    func stopped(options: [String]) async throws {
      let (gateway, _, pids) = try await start(options)
      let began = ContinuousClock.now
      #expect(try await gateway.stop() == 0)
      #expect(ContinuousClock.now - began < .seconds(3))
      #expect(await left(pids, within: .milliseconds(100)) == [])
    }

    @Test("nothing is left when the process ends by itself, and its status and last words are told")
    func ended() async throws {
      let (gateway, session, pids) = try await start()
      let answer = try gateway.post(
        RunningGateway.message("tools/call", ["name": "child__die"]),
        headers: RunningGateway.legacy(session))
      #expect(answer.code == 1001)
      #expect(await left(pids) == [])
      _ = try await gateway.program.errorLine(
        containing: "ended with status 3; it last wrote: Traceback: the last words")
      try await gateway.stop()
    }

    @Test("nothing is left when somebody kills the process, and the signal is told")
    func processKilled() async throws {
      let (gateway, _, pids) = try await start()
      let parent = try #require(
        pids.first { pid in
          (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8))?
            .contains("child.py") == true
        })
      kill(parent, SIGKILL)
      #expect(await left(pids) == [])
      _ = try await gateway.program.errorLine(containing: "its process was ended by signal 9")
      try await gateway.stop()
    }

    @Test("a command that is not there is named, under a guard as without one")
    func missing() async throws {
      let gateway = try await RunningGateway.start(backends: [
        "a": ["command": "no-such-program"], "b": ["command": "/no/such/program"],
        "c": ["command": "/etc/passwd"],
      ])
      _ = try await gateway.program.errorLine(containing: "no-such-program is not found")
      _ = try await gateway.program.errorLine(
        containing: "/no/such/program could not be run: No such file or directory")
      try await gateway.stop()
    }
  }
}
