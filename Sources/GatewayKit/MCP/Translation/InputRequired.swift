/// A result that asks for input before it can be complete (2026-07-28, Multi Round-Trip Requests).
package struct InputRequired: Sendable {
  /// One of the requests that the client is to answer.
  package struct Request: Sendable {
    package let key: String
    package let method: Method
    /// As JSON; nil where it has none.
    package let params: JSONObject?
  }

  package let requests: [Request]
  /// As JSON, with its quotes; the backend's own, never looked into.
  package let requestState: [UInt8]?

  /// Why a result that says `input_required` cannot be answered.
  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  /// The most requests in one result.
  package static let limit = 64

  /// Nil for a result of any other type.
  package init?(result: Range<Int>, of message: UnsafeRawBufferPointer) throws(Invalid) {
    guard let members = try? JSONMembers(message, in: result),
      let type = members.value("resultType"),
      message[type].elementsEqual(#""input_required""#.utf8)
    else { return nil }
    requestState = members.value("requestState").map { Array(message[$0]) }
    var found: [Request] = []
    if let range = members.value("inputRequests") {
      guard let object = try? JSONValue.parse(message[range]).objectValue else {
        throw Invalid(description: "its inputRequests is no object")
      }
      guard object.members.count <= Self.limit else {
        throw Invalid(description: "it asks more than \(Self.limit) things at once")
      }
      for (key, value) in object.members {
        guard let name = value["method"]?.stringValue, let method = Self.method(name) else {
          throw Invalid(description: "it asks something other than a client can be asked")
        }
        found.append(Request(key: key, method: method, params: value["params"]?.objectValue))
      }
    }
    guard !found.isEmpty || requestState != nil else {
      throw Invalid(description: "it has neither inputRequests nor a requestState")
    }
    requests = found
  }

  package init(requests: [Request], requestState: [UInt8]?) {
    self.requests = requests
    self.requestState = requestState
  }

  /// The whole response with it, for a modern client.
  ///
  /// - Parameter id: the client's, as it is spelled.
  package func response(id: [UInt8], serverInfo: [UInt8]?) -> [UInt8] {
    var asked = JSONObject()
    for request in requests {
      var object = JSONObject([("method", .string(request.method.name))])
      object["params"] = request.params.map(JSONValue.object)
      asked[request.key] = .object(object)
    }
    var body = Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id
    body += #","result":{"resultType":"input_required""#.utf8
    if !requests.isEmpty {
      body += #","inputRequests":"#.utf8
      JSONValue.object(asked).write(into: &body)
    }
    if let requestState { body += Array(#","requestState":"#.utf8) + requestState }
    if let serverInfo {
      body += Array(#","_meta":{"io.modelcontextprotocol/serverInfo":"#.utf8) + serverInfo
      body.append(UInt8(ascii: "}"))
    }
    return body + Array("}}".utf8)
  }

  /// The members of `params` that a retry has more.
  package static func retry(
    _ responses: [(key: String, result: [UInt8])], requestState: [UInt8]?
  ) -> [[UInt8]] {
    var members: [[UInt8]] = []
    if !responses.isEmpty {
      var object = Array(#""inputResponses":{"#.utf8)
      for (index, response) in responses.enumerated() {
        if index > 0 { object.append(UInt8(ascii: ",")) }
        writeJSONString(response.key.utf8, into: &object)
        object.append(UInt8(ascii: ":"))
        object += response.result
      }
      members.append(object + [UInt8(ascii: "}")])
    }
    if let requestState { members.append(Array(#""requestState":"#.utf8) + requestState) }
    return members
  }

  private static func method(_ name: String) -> Method? {
    [.elicitationCreate, .samplingCreateMessage, .rootsList].first { $0.name == name }
  }
}
