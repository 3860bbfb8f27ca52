/// A JSON-RPC response, its result left in the bytes that it came in.
package enum ResponseMessage: Sendable {
  case result([UInt8])
  case error(code: Int, message: String)

  package init(_ message: [UInt8]) throws(JSONSyntaxError) {
    let read = message.withUnsafeBytes { bytes -> Result<ResponseMessage, JSONSyntaxError> in
      var reader = JSONReader(bytes)
      var found: ResponseMessage?
      do {
        try reader.object { key, reader in
          if reader.equals(key, "result") {
            found = .result(Array(bytes[try reader.skip()]))
          } else if reader.equals(key, "error") {
            let error = try reader.value()
            found = .error(
              code: error["code"]?.intValue ?? 0, message: error["message"]?.stringValue ?? "")
          } else {
            try reader.skip()
          }
        }
      } catch let error as JSONSyntaxError {
        return .failure(error)
      } catch {
        return .failure(JSONSyntaxError(offset: 0, reason: "\(error)"))
      }
      guard let found else {
        return .failure(JSONSyntaxError(offset: 0, reason: "it has neither result nor error"))
      }
      return .success(found)
    }
    self = try read.get()
  }
}
