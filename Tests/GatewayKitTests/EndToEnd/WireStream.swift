@testable import GatewayKit

/// A request by hand whose answer is read event by event as it comes.
final class WireStream {
  struct Event {
    /// Nil where the event has none.
    let id: String?
    /// Nil where its data is empty.
    let message: JSONValue?
  }

  private var wire: Wire?
  private var parser = EventStreamParser()
  private var waiting: [Event] = []
  private var hasHead = false
  private(set) var isAtEnd = false

  /// Sends a request of a client's.
  ///
  /// - Parameter session: nil makes one of its own for a legacy client.
  init(
    _ gateway: RunningGateway, mode: String, _ method: String, _ params: JSONValue,
    id: JSONValue = 1, session given: String? = nil, key: String = RunningGateway.staticKey,
    capabilities: JSONValue = [:]
  ) throws {
    let wire = try Wire(port: gateway.port)
    var params = params
    let own: [(String, String)]
    if mode == "legacy" {
      let session =
        try given ?? gateway.initialize(key: key, capabilities: capabilities).session
      own = RunningGateway.legacy(session)
    } else {
      own = RunningGateway.mirror(method, params)
      params = params.with(
        "_meta",
        RunningGateway.modernMeta.with(
          "io.modelcontextprotocol/clientCapabilities", capabilities))
    }
    try wire.send(
      "POST", "/mcp",
      [
        ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
      ] + own, RunningGateway.message(method, params, id: id))
    self.wire = wire
  }

  /// Opens a legacy session's stream, or takes one up again.
  init(
    _ gateway: RunningGateway, session: String, version: String = "2025-11-25",
    after id: String? = nil, key: String = RunningGateway.staticKey
  ) throws {
    let wire = try Wire(port: gateway.port)
    try wire.send(
      "GET", "/mcp",
      [("Authorization", "Bearer \(key)"), ("Accept", "text/event-stream")]
        + RunningGateway.legacy(session, version) + (id.map { [("Last-Event-ID", $0)] } ?? []))
    self.wire = wire
  }

  /// The next event; nil at the stream's end.
  func next() throws -> Event? {
    while waiting.isEmpty, !isAtEnd {
      guard let wire else { throw Wire.Failure(description: "the stream is closed") }
      if !hasHead {
        let head = try wire.receiveHead()
        hasHead = true
        guard head.headers["transfer-encoding"] == "chunked" else {
          throw Wire.Failure(description: "no stream: \(head.head)")
        }
      }
      guard let chunk = try wire.receiveChunk() else {
        isAtEnd = true
        break
      }
      for event in chunk.withUnsafeBytes({ parser.take($0) }) {
        waiting.append(
          Event(
            id: parser.lastEventID.map { String(decoding: $0, as: UTF8.self) },
            message: event.data.isEmpty ? JSONValue?.none : try JSONValue.parse(event.data)))
      }
    }
    return waiting.isEmpty ? nil : waiting.removeFirst()
  }

  /// The next message, its event's id beside it; events without data are left out.
  func nextMessage() throws -> (message: JSONValue, id: String?) {
    while let event = try next() {
      if let message = event.message { return (message, event.id) }
    }
    throw Wire.Failure(description: "the stream ended")
  }

  /// The whole answer, be it a stream or not.
  func whole() throws -> Wire.Answer {
    guard let wire else { throw Wire.Failure(description: "the stream is closed") }
    return try wire.receive()
  }

  /// Closes the connection.
  func close() { wire = nil }
}
