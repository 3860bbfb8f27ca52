import Logging
import Synchronization
import Testing

@testable import GatewayKit

/// A set of backends under test, and what it logs.
final class BackendScene: Sendable {
  let set: BackendSet
  private let log: LogCollector

  init(_ configurations: [BackendConfiguration]) {
    let log = LogCollector()
    self.log = log
    set = BackendSet(configurations, logger: Logger(label: "test") { _ in log })
    set.start()
  }

  convenience init(_ configuration: BackendConfiguration) { self.init([configuration]) }

  /// The lines that were logged so far, of any level.
  var lines: [String] { log.lines }

  var backend: Backend {
    get throws { try backend(named: set.views[0].configuration.name) }
  }

  func backend(named name: String) throws -> Backend {
    try #require(set.backend(BackendID(name)))
  }

  /// The first backend's view once it is as asked.
  @discardableResult
  func view(
    within limit: Duration = .seconds(20), _ location: SourceLocation = #_sourceLocation,
    where condition: (BackendView) -> Bool
  ) async throws -> BackendView {
    let end = ContinuousClock.now + limit
    while true {
      let view = set.views[0]
      if condition(view) { return view }
      guard ContinuousClock.now < end else {
        throw ProgramFailure(
          "the backend did not become as it should within \(limit); it is \(view.state.name), "
            + "\(view.lastError ?? "without an error"); log:\n\(lines.joined(separator: "\n"))")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @discardableResult
  func up(within limit: Duration = .seconds(20)) async throws -> BackendView {
    try await view(within: limit) { $0.state == .up }
  }

  func line(containing text: String, within limit: Duration = .seconds(10)) async throws -> String {
    let end = ContinuousClock.now + limit
    while true {
      if let line = lines.first(where: { $0.contains(text) }) { return line }
      guard ContinuousClock.now < end else {
        throw ProgramFailure("nobody logged \"\(text)\"; log:\n\(lines.joined(separator: "\n"))")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Sends a request to a stdio backend; every message that comes back.
  func ask(
    _ method: String, _ params: JSONValue = [:], id: JSONValue = 1,
    era: ProtocolVersion.Era = .legacy
  ) async throws -> [JSONValue] {
    var answers: [JSONValue] = []
    for try await message in try await begin(method, params, id: id, era: era) {
      answers.append(try JSONValue.parse(message))
    }
    return answers
  }

  func begin(
    _ method: String, _ params: JSONValue = [:], id: JSONValue = 1,
    era: ProtocolVersion.Era = .legacy
  ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": id, "method": .string(method), "params": params,
    ]
    let body = message.bytes
    let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
    return try await backend.exchange(body, envelope, for: Self.client()).messages
  }

  /// - Parameter session: nil for a client without one.
  static func client(
    _ session: SessionNumber? = nil, of principal: Principal = .static
  ) -> ChannelClient {
    ChannelClient(session: session, principal: principal, identity: .gateway)
  }

  /// Calls a tool of a stdio backend; every message that comes back.
  func call(
    _ tool: String, _ arguments: JSONValue = [:], id: JSONValue = 1, meta: JSONValue? = nil,
    era: ProtocolVersion.Era = .legacy
  ) async throws -> [JSONValue] {
    try await ask(
      "tools/call", Self.params(tool, arguments, meta: meta, era: era), id: id, era: era)
  }

  static func params(
    _ tool: String, _ arguments: JSONValue = [:], meta: JSONValue? = nil,
    era: ProtocolVersion.Era = .legacy
  ) -> JSONValue {
    var members = JSONObject([("name", .string(tool)), ("arguments", arguments)])
    var full =
      era == .modern ? ClientIdentity.gatewayMeta.objectValue ?? JSONObject() : JSONObject()
    full.members += meta?.objectValue?.members ?? []
    if !full.members.isEmpty { members["_meta"] = .object(full) }
    return .object(members)
  }

  func stop() async { await set.stop() }
}

extension JSONValue {
  /// The text of a call's response.
  var toolAnswer: String? {
    self["result"]?["content"]?.arrayValue?.first?["text"]?.stringValue
  }
}

/// Keeps what is logged.
final class LogCollector: LogHandler, Sendable {
  private let state = Mutex<[String]>([])
  var lines: [String] { state.withLock { $0 } }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
  func log(event: LogEvent) {
    state.withLock { $0.append("\(event.level) \(event.message)") }
  }
}
