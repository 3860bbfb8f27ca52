extension JSONRPCError {
  /// The error object of a response.
  var json: JSONValue {
    let error: JSONValue = ["code": .number("\(code)"), "message": .string(message)]
    return data.map { error.adding("data", .object($0)) } ?? error
  }
}
