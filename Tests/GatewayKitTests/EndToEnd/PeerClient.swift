import Synchronization

@testable import GatewayKit

/// Clients of the official SDK in a process of their own, driven by JSON lines; see
/// `Tests/Peers/client.py`.
final class PeerClient: Sendable {
  private let program: Program
  private let mailbox: Mailbox
  private let reading: Task<Void, Never>

  /// What the SDK reported instead of a result.
  struct Failure: Error, CustomStringConvertible {
    let error: JSONValue
    var code: Int? { error["code"]?.intValue }
    var message: String { error["message"]?.stringValue ?? "" }
    var description: String { error.text }
  }

  init() throws {
    let program = try Program(try Place.python, [Place.peer("client.py"), "script"])
    self.program = program
    let mailbox = Mailbox()
    self.mailbox = mailbox
    reading = Task {
      while let line = try? await program.nextLine(within: .seconds(3600)) {
        guard let message = try? JSONValue.parse(line.utf8) else { continue }
        mailbox.put(message)
      }
      mailbox.end()
    }
  }

  /// Answers by command, and events, as they come.
  private final class Mailbox: Sendable {
    private let state = Mutex(State())

    private struct State {
      var next = 1
      var answers: [Int: JSONValue] = [:]
      var events: [JSONValue] = []
      var isAtEnd = false
    }

    func number() -> Int {
      state.withLock {
        $0.next += 1
        return $0.next
      }
    }

    func put(_ message: JSONValue) {
      state.withLock { state in
        if message["event"] != nil {
          state.events.append(message)
        } else if let id = message["id"]?.intValue {
          state.answers[id] = message
        }
      }
    }

    func end() { state.withLock { $0.isAtEnd = true } }
    func take(_ id: Int) -> JSONValue? { state.withLock { $0.answers.removeValue(forKey: id) } }
    var events: [JSONValue] { state.withLock { $0.events } }
    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }
  }

  var events: [JSONValue] { mailbox.events }

  /// Sends a command without waiting for its answer.
  func begin(_ command: String, _ members: JSONValue = [:]) throws -> Int {
    let id = mailbox.number()
    var object = members.objectValue ?? JSONObject()
    object["id"] = .number("\(id)")
    object["do"] = .string(command)
    try program.write(line: JSONValue.object(object).text)
    return id
  }

  /// The answer to a command.
  ///
  /// - Throws: ``Failure`` with what the SDK raised.
  func finish(_ id: Int, within limit: Duration = .seconds(60)) async throws -> JSONValue {
    let end = ContinuousClock.now + limit
    while true {
      if let answer = mailbox.take(id) {
        if let error = answer["error"] { throw Failure(error: error) }
        return answer["ok"] ?? .null
      }
      guard !mailbox.isAtEnd else {
        _ = try? await program.exitCode()
        throw ProgramFailure("the peer client ended:\n\(program.errorText)")
      }
      guard ContinuousClock.now < end else {
        throw ProgramFailure("the peer client did not answer within \(limit)")
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @discardableResult
  func `do`(
    _ command: String, _ members: JSONValue = [:], within limit: Duration = .seconds(60)
  ) async throws -> JSONValue {
    try await finish(try begin(command, members), within: limit)
  }

  /// Opens a client; its name must be new.
  @discardableResult
  func connect(_ client: String, to url: String, key: String, mode: String) async throws
    -> JSONValue
  {
    try await `do`(
      "connect",
      [
        "client": .string(client), "url": .string(url), "key": .string(key),
        "mode": .string(mode),
      ])
  }

  func call(
    _ client: String, _ tool: String, _ arguments: JSONValue = [:]
  ) async throws -> JSONValue {
    try await `do`(
      "call", ["client": .string(client), "name": .string(tool), "arguments": arguments])
  }

  /// The names in a client's list of tools, prompts, resources or templates.
  func names(_ client: String, _ list: String) async throws -> [String] {
    let result = try await `do`(list, ["client": .string(client)])
    let key = list == "templates" ? "resourceTemplates" : list
    let member =
      switch list {
      case "resources": "uri"
      case "templates": "uriTemplate"
      default: "name"
      }
    return result[key]?.arrayValue?.compactMap { $0[member]?.stringValue } ?? []
  }

  func close(_ client: String) async throws {
    try await `do`("close", ["client": .string(client)])
  }

  func stop() async {
    program.closeInput()
    _ = try? await program.exitCode()
  }
}

extension JSONValue {
  /// The text of a tool result's first block.
  var toolText: String? { self["content"]?.arrayValue?.first?["text"]?.stringValue }

  /// A tool's text that is JSON itself, as `whoami` gives it.
  var toolJSON: JSONValue? {
    toolText.flatMap { try? JSONValue.parse($0.utf8) }
  }
}
