/// Where an operation goes: a backend, and the name by which that backend knows it.
///
/// An object, so that a request only takes a reference.
package final class RouteTarget: Sendable {
  package let backend: BackendID
  /// The name or URI as UTF-8, as the backend gave it; what access lists are matched against.
  package let name: [UInt8]
  /// The same as the inside of a JSON string, spliced into a request's body.
  package let jsonName: [UInt8]
  /// The same as the value of a header.
  package let headerName: [UInt8]

  package init(backend: BackendID, name: String) {
    self.backend = backend
    self.name = Array(name.utf8)
    var quoted: [UInt8] = []
    writeJSONString(name.utf8, into: &quoted)
    jsonName = Array(quoted.dropFirst().dropLast())
    headerName = Array(MCPHeaderValue.encode(name).utf8)
  }
}
