/// Why a body is not one JSON-RPC message that the gateway takes.
package enum EnvelopeError: Error, Equatable, Sendable {
  case syntax(JSONSyntaxError)
  /// An array of messages; only 2025-03-26 has those.
  case batch
  case notAnObject
  case wrongVersion
  /// The id is neither a string nor a whole number.
  case badID
  /// It has neither a method nor a result nor an error, or more than one kind of them.
  case noMessage
  /// A request without an id, which would be done and not answered.
  case requestWithoutID(String)
  /// A member that guards depend on comes twice.
  case duplicateKey(String)
  /// A member like one that guards depend on, but in other letters.
  case caseVariantKey(String)
  case badMember(String)

  package var rpcError: JSONRPCError {
    switch self {
    case .syntax(let error):
      JSONRPCError(code: -32700, message: "Parse error: \(error.reason), at byte \(error.offset)")
    case .batch:
      .invalidRequest("a batch is not a message of this version; send each message by itself")
    case .notAnObject: .invalidRequest("the body is not a JSON object")
    case .wrongVersion: .invalidRequest("jsonrpc must be \"2.0\"")
    case .badID: .invalidRequest("id must be a string or a whole number")
    case .noMessage:
      .invalidRequest("the body is neither a request nor a notification nor a response")
    case .requestWithoutID(let method): .invalidRequest("\(method) is a request and needs an id")
    case .duplicateKey(let key): .invalidRequest("the member \(key) comes twice")
    case .caseVariantKey(let key): .invalidRequest("a member is spelled almost like \(key)")
    case .badMember(let what): .invalidParams(what)
    }
  }
}
