import AsyncHTTPClient
import NIOCore
import Synchronization

/// The gateway's own conversation with an HTTP backend: probes, handshakes, lists.
///
/// Clients' calls do not go this way: the data path has connections of its own.
struct HTTPControl: Sendable {
  /// The largest answer that is read, and the largest event of a stream, in bytes.
  static let sizeLimit = 32 << 20

  let backend: String
  let url: BackendURL
  let headers: [BackendHeader]
  /// Up to the end of an answer.
  let timeout: Duration
  let client: HTTPClient
  let streamHabit: StreamHabit

  /// No two requests have the same id, in whichever session (2025-11-25, Base Protocol, Requests).
  private static let lastID = Atomic<UInt64>(0)

  private static func message(
    _ method: Method, _ params: JSONObject
  ) -> (id: String, message: [UInt8]) {
    let id = "gateway-\(lastID.add(1, ordering: .relaxed).newValue)"
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": .string(id), "method": .string(method.name),
      "params": .object(params),
    ]
    return (id, message.bytes)
  }

  /// What came back for a request.
  struct Answer: Sendable {
    let status: Int
    let sessionID: String?
    /// The response message; what there was instead when it was none.
    let message: [UInt8]
  }

  /// Sends a request and reads up to the response to it.
  func ask(
    _ method: Method, _ params: JSONObject, headerLines: [(String, String)]
  ) async throws -> Answer {
    let (id, message) = Self.message(method, params)
    let isModern = headerLines.contains { $0.1 == ProtocolVersion.newestModern.rawValue }
    return try await send(request(.post, headerLines, message)) { body, type in
      guard type.hasPrefix("text/event-stream") else { return try await whole(body) }
      streamHabit.note(isModern ? .modern : .legacy)
      return try await response(to: id, in: body)
    }
  }

  /// Sends a notification; the status that it is answered with.
  func tell(
    _ method: Method, _ params: JSONObject? = nil, headerLines: [(String, String)]
  ) async throws -> Int {
    var object = JSONObject([("jsonrpc", "2.0"), ("method", .string(method.name))])
    object["params"] = params.map(JSONValue.object)
    return try await tell(JSONValue.object(object).bytes, headerLines: headerLines)
  }

  /// Sends what has no response; the status that it is answered with.
  func tell(_ message: [UInt8], headerLines: [(String, String)]) async throws -> Int {
    // Nobody waits for what else may come.
    try await send(request(.post, headerLines, message)) { _, _ in [] }.status
  }

  /// Sends a request that is answered by a stream for as long as both want, and hands over its messages;
  /// what there was instead of a stream is the answer's message.
  func listen(
    _ method: Method, _ params: JSONObject, headerLines: [(String, String)],
    _ take: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Answer {
    try await stream(
      request(.post, headerLines, Self.message(method, params).message), {}, take)
  }

  /// Reads a session's GET stream.
  func hear(
    headerLines: [(String, String)], _ opened: @escaping @Sendable () async -> Void,
    _ take: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Answer {
    try await stream(request(.get, headerLines, nil), opened, take)
  }

  /// Whether a GET is answered by a stream whose first event names an endpoint, as only a server of the
  /// HTTP+SSE transport does.
  func namesEndpoint() async throws -> Bool {
    let answer = try await send(request(.get, [], nil)) { body, type in
      guard type.hasPrefix("text/event-stream") else { return [] }
      var parser = EventStreamParser()
      for try await part in body {
        if let event = part.withUnsafeReadableBytes({ parser.take($0) }).first {
          return Array(event.type)
        }
        guard parser.buffered <= Self.sizeLimit else { throw tooLarge }
      }
      return []
    }
    return answer.status == 200 && answer.message.elementsEqual("endpoint".utf8)
  }

  private func stream(
    _ request: HTTPClientRequest, _ opened: @escaping @Sendable () async -> Void,
    _ take: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws -> Answer {
    let answer: HTTPClientResponse
    do {
      answer = try await client.execute(request, timeout: .hours(24 * 365))
      let type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
      guard answer.status.code == 200, type.hasPrefix("text/event-stream") else {
        return Answer(
          status: Int(answer.status.code), sessionID: nil, message: try await whole(answer.body))
      }
      await opened()
      var parser = EventStreamParser()
      for try await part in answer.body {
        for event in part.withUnsafeReadableBytes({ parser.take($0) }) where !event.data.isEmpty {
          await take(event.data)
        }
        guard parser.buffered <= Self.sizeLimit else { throw tooLarge }
      }
      return Answer(status: 200, sessionID: nil, message: [])
    } catch {
      throw failure(error)
    }
  }

  /// Ends a session. What the backend thinks of it is its own affair.
  func delete(sessionID: String, version: ProtocolVersion) async {
    let lines = [
      ("mcp-session-id", sessionID), ("mcp-protocol-version", version.rawValue),
    ]
    _ = try? await send(request(.delete, lines, nil)) { _, _ in [] }
  }

  // MARK: One request

  private func request(
    _ method: HTTPMethod, _ headerLines: [(String, String)], _ message: [UInt8]?
  ) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url.text)
    request.method =
      switch method {
      case .post: .POST
      case .delete: .DELETE
      case .get: .GET
      }
    if let message {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: message))
    }
    request.headers.add(
      name: "accept",
      value: method == .get ? "text/event-stream" : "application/json, text/event-stream")
    request.headers.add(name: "user-agent", value: "mcp-gateway/\(GatewayVersion.text)")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    for (name, value) in headerLines { request.headers.add(name: name, value: value) }
    return request
  }

  private enum HTTPMethod { case post, delete, get }

  private func send(
    _ request: HTTPClientRequest,
    read: @escaping @Sendable (HTTPClientResponse.Body, _ type: String) async throws -> [UInt8]
  ) async throws -> Answer {
    let backend = backend
    let timeout = timeout
    let client = client
    do {
      return try await Deadline.run(timeout) {
        let answer: HTTPClientResponse
        do {
          answer = try await client.execute(request, timeout: .hours(1))
        } catch let error where HTTPFault.isLostConnection(error) {
          // It lay unused, and the backend closed it a moment ago. What is asked here may be asked twice.
          answer = try await client.execute(request, timeout: .hours(1))
        }
        let sessionID = answer.headers.first(name: "mcp-session-id")
        if let sessionID,
          sessionID.isEmpty || sessionID.utf8.count > 1024
            || !sessionID.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
          throw BackendError.badAnswer(
            backend: backend, reason: "its session id is not 1 to 1024 visible ASCII characters")
        }
        let type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
        return Answer(
          status: Int(answer.status.code), sessionID: sessionID,
          message: try await read(answer.body, type))
      } onTimeout: {
        BackendError.timedOut(backend: backend, after: timeout)
      }
    } catch {
      throw failure(error)
    }
  }

  /// What is thrown for an error.
  private func failure(_ error: any Error) -> any Error {
    if error is BackendError || error is CancellationError { return error }
    return BackendError.unavailable(
      backend: backend, reason: HTTPFault.describe(error, url), since: nil)
  }

  // MARK: Bodies

  private func whole(_ body: HTTPClientResponse.Body) async throws -> [UInt8] {
    do {
      return Array(try await body.collect(upTo: Self.sizeLimit).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    }
  }

  /// The response in an event stream. What comes before it, a priming event with no data
  /// (2025-11-25, Transports) or progress, is of no use here.
  private func response(to id: String, in body: HTTPClientResponse.Body) async throws -> [UInt8] {
    var parser = EventStreamParser()
    for try await part in body {
      for event in part.withUnsafeReadableBytes({ parser.take($0) })
      where isResponse(event.data, to: id) {
        return event.data
      }
      guard parser.buffered <= Self.sizeLimit else { throw tooLarge }
    }
    throw BackendError.badAnswer(backend: backend, reason: "its stream ended without a response")
  }

  private func isResponse(_ message: [UInt8], to id: String) -> Bool {
    let envelope = message.withUnsafeBytes { try? EnvelopeScanner.scan($0) }
    guard let envelope, envelope.kind == .response else { return false }
    // Without an id it says that the request could not be read.
    guard let range = envelope.id else { return true }
    return message[range].elementsEqual("\"\(id)\"".utf8)
  }

  private var tooLarge: BackendError {
    .badAnswer(backend: backend, reason: "it is larger than \(Self.sizeLimit >> 20) MiB")
  }
}
