import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Serves what is not MCP by Hummingbird's router, behind the same listener.
final class RouterBridge: Sendable {
  private let responder: any HTTPResponder<AdminRequestContext>
  private let logger: Logger

  init(router: Router<AdminRequestContext>, logger: Logger) {
    responder = router.buildResponder()
    self.logger = logger
  }

  /// A request as the router takes it.
  struct Incoming: Sendable {
    /// By which the logs know it.
    let id: String
    let method: String
    let target: String
    let authority: String?
    let fields: [(name: String, value: String)]
    let body: ByteBuffer
    let peer: AdminPeer
  }

  /// The router's answer; an error that nothing made an answer of is 500 and stands in the log.
  func respond(to incoming: Incoming, channel: any Channel) async -> Response {
    var logger = logger
    logger[metadataKey: "hb.request.id"] = .string(incoming.id)
    var fields = HTTPFields()
    for (name, value) in incoming.fields {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    guard let method = HTTPRequest.Method(incoming.method) else {
      return Response(status: .notImplemented)
    }
    let request = Request(
      head: HTTPRequest(
        method: method, scheme: "http", authority: incoming.authority, path: incoming.target,
        headerFields: fields),
      body: RequestBody(buffer: incoming.body))
    let context = AdminRequestContext(
      source: AdminRequestContextSource(channel: channel, logger: logger, peer: incoming.peer))
    do {
      return try await responder.respond(to: request, context: context)
    } catch let error as any HTTPResponseError {
      return (try? error.response(from: request, context: context))
        ?? Response(status: .internalServerError)
    } catch {
      logger.error("an admin request failed: \(error)")
      return Response(status: .internalServerError)
    }
  }
}
