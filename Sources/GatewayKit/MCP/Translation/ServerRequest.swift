/// A request from a backend to a client (elicitation, sampling, roots, ping).
package struct ServerRequest: Sendable {
  /// The whole message, as the backend wrote it.
  package let message: [UInt8]
  /// The backend's id for it, as it is spelled.
  package let id: [UInt8]
  private let idRange: Range<Int>
  /// Nil for a method that no revision has.
  package let method: Method?
  package let methodName: String
  private let paramsRange: Range<Int>?

  /// Nil for a message that is no request.
  package init?(_ message: [UInt8], _ envelope: Envelope) {
    guard envelope.kind == .request, let id = envelope.id, let name = envelope.methodRange else {
      return nil
    }
    self.message = message
    self.id = Array(message[id])
    idRange = id
    method = envelope.method
    methodName = String(decoding: message[name], as: UTF8.self)
    paramsRange = envelope.params
  }

  package var params: JSONObject? {
    paramsRange.flatMap { try? JSONValue.parse(message[$0]).objectValue }
  }

  /// The message under another id, given as JSON.
  package func renumbered(_ id: [UInt8]) -> [UInt8] {
    var renumbered = message
    renumbered.replaceSubrange(idRange, with: id)
    return renumbered
  }

  /// The answer to a ping.
  package static func pong(id: [UInt8]) -> [UInt8] { response(id: id, result: Array("{}".utf8)) }

  /// The answer that a result or an error is, to the backend.
  package static func response(id: [UInt8], result: [UInt8]) -> [UInt8] {
    Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id + Array(#","result":"#.utf8) + result
      + [UInt8(ascii: "}")]
  }
}
