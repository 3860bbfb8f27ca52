import Glibc

@testable import GatewayKit

/// A demo server behind two pipes, as a client on the same machine has it.
final class DemoPeer {
  private let descriptor: Int32
  private let input: Int32
  private let serving: Task<Void, any Error>
  private var lines: AsyncStream<DemoInput.Line>.Iterator

  init(_ name: String) throws {
    var requests: [Int32] = [0, 0]
    var responses: [Int32] = [0, 0]
    guard pipe(&requests) == 0, pipe(&responses) == 0 else {
      throw PipeError(code: errno)
    }
    let (input, output) = (requests[0], responses[1])
    self.input = input
    descriptor = requests[1]
    lines = DemoInput.lines(of: responses[0]).makeAsyncIterator()
    serving = Task {
      defer { close(output) }
      try await DemoServer.run(named: name, input: input, output: output)
    }
  }

  struct PipeError: Error {
    let code: Int32
  }

  func send(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// The next message, or nil at the end.
  func next() async throws -> JSONValue? {
    guard case .message(let bytes)? = await lines.next() else { return nil }
    return try JSONValue.parse(bytes)
  }

  /// Sends one message and gives the next that comes.
  func ask(_ text: String) async throws -> JSONValue {
    send(text)
    return try await next() ?? .null
  }

  /// A request of the legacy era.
  func legacy(_ method: String, _ params: JSONValue = [:], id: JSONValue = 1) async throws
    -> JSONValue
  {
    try await ask(request(method, params, id: id))
  }

  /// A request of the modern era, with what every one of it carries.
  func modern(
    _ method: String, _ params: JSONValue = [:], id: JSONValue = 1, meta: JSONValue = [:]
  ) async throws -> JSONValue {
    try await ask(modernRequest(method, params, id: id, meta: meta))
  }

  func request(_ method: String, _ params: JSONValue = [:], id: JSONValue = 1) -> String {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": id, "method": .string(method), "params": params,
    ]
    return message.text
  }

  func modernRequest(
    _ method: String, _ params: JSONValue = [:], id: JSONValue = 1, meta: JSONValue = [:]
  ) -> String {
    let full =
      meta
      .adding("io.modelcontextprotocol/protocolVersion", "2026-07-28")
      .adding("io.modelcontextprotocol/clientCapabilities", [:])
    return request(method, params.adding("_meta", full), id: id)
  }

  func initialize(_ version: String = "2025-11-25") async throws -> JSONValue {
    let answer = try await legacy(
      "initialize",
      [
        "protocolVersion": .string(version), "capabilities": [:],
        "clientInfo": ["name": "test", "version": "1"],
      ])
    send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    return answer
  }

  /// Closes the server's input and waits until it has ended.
  func finish() async throws {
    close(descriptor)
    try await serving.value
    close(input)
  }
}
