/// One request, and the terms on which it is answered.
struct DemoRequest {
  let id: JSONValue
  let method: String
  let params: JSONValue?
  let era: ProtocolVersion.Era
  /// From which severity on its client wants log messages; nil is none.
  let logLevel: DemoLogLevel?

  var progressToken: JSONValue? { params?["_meta"]?["progressToken"] }

  /// A member of `params` that must be a text.
  ///
  /// - Throws: -32602 naming it.
  func text(_ key: String) throws(JSONRPCError) -> String {
    guard let text = params?[key]?.stringValue else {
      throw .invalidParams("\(method) needs params.\(key), a text")
    }
    return text
  }

  /// An object in `params`, or nil where there is none.
  ///
  /// - Throws: -32602 if it is something else.
  func object(_ key: String) throws(JSONRPCError) -> JSONValue? {
    guard let value = params?[key], value != .null else { return nil }
    guard value.objectValue != nil else {
      throw .invalidParams("params.\(key) of \(method) must be an object")
    }
    return value
  }
}
