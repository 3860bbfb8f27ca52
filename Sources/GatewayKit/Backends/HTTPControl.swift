import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOSSL

/// The gateway's own conversation with an HTTP backend: probes, handshakes, lists.
///
/// Clients' calls do not go this way: the data path has connections of its own.
struct HTTPControl: Sendable {
  /// The largest answer that is read, in bytes.
  static let sizeLimit = 32 << 20

  let backend: String
  let url: BackendURL
  let headers: [BackendHeader]
  let timeout: Duration
  let client: HTTPClient

  /// What came back for a message.
  struct Answer {
    let status: Int
    let sessionID: String?
    /// The response message; empty when there was none.
    let message: [UInt8]
  }

  /// Sends one message and reads up to the response to it.
  func post(_ message: JSONValue, headerLines: [(String, String)]) async throws -> Answer {
    var request = HTTPClientRequest(url: url.text)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "accept", value: "application/json, text/event-stream")
    request.headers.add(name: "user-agent", value: "mcp-gateway/\(GatewayVersion.text)")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    for (name, value) in headerLines { request.headers.add(name: name, value: value) }
    request.body = .bytes(ByteBuffer(bytes: message.bytes))
    return try await send(request)
  }

  /// Ends a session. What the backend thinks of it is its own affair.
  func delete(sessionID: String, version: ProtocolVersion) async {
    var request = HTTPClientRequest(url: url.text)
    request.method = .DELETE
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    request.headers.add(name: "mcp-session-id", value: sessionID)
    request.headers.add(name: "mcp-protocol-version", value: version.rawValue)
    _ = try? await send(request)
  }

  private func send(_ request: HTTPClientRequest) async throws -> Answer {
    let result = try await Deadline.run(timeout) { () -> Answer in
      let answer = try await client.execute(request, timeout: .hours(1))
      let status = Int(answer.status.code)
      let sessionID = answer.headers.first(name: "mcp-session-id")
      if let sessionID, !sessionID.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
        throw BackendError.badAnswer(backend: backend, reason: "its session id is no visible ASCII")
      }
      let type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
      let message =
        type.hasPrefix("text/event-stream")
        ? try await response(in: answer.body)
        : Array(try await answer.body.collect(upTo: Self.sizeLimit).readableBytesView)
      return Answer(status: status, sessionID: sessionID, message: message)
    } onTimeout: {
      BackendError.timedOut(backend: backend, after: timeout)
    }
    return try result.get()
  }

  /// The first response in an event stream; what comes before it is of no use here.
  private func response(in body: HTTPClientResponse.Body) async throws -> [UInt8] {
    var parser = EventStreamParser()
    for try await part in body {
      for event in part.withUnsafeReadableBytes({ parser.take($0) })
      where JSONRPCMessage.isResponse(event.data) {
        return event.data
      }
      guard parser.buffered <= Self.sizeLimit else {
        throw BackendError.badAnswer(backend: backend, reason: "an event is too large")
      }
    }
    throw BackendError.badAnswer(backend: backend, reason: "its stream ended without a response")
  }
}

/// How the gateway trusts backends: the system's roots, or the file that `SSL_CERT_FILE` names as
/// with other programs of this system.
package enum BackendTLS {
  package static func configuration() -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty {
      configuration.trustRoots = .file(file)
    }
    return configuration
  }
}
