/// The arguments of a tool that a modern call carries in `Mcp-Param-…` headers too.
///
/// Source: 2026-07-28, Streamable HTTP, Custom Headers from Tool Parameters.
package struct ToolHeaderParameters: Sendable {
  /// Why a tool's `x-mcp-header` members make it unusable over HTTP.
  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  private struct Parameter: Sendable {
    let path: [String]
    let header: String
    let isInteger: Bool
  }

  private let parameters: [Parameter]

  package static let none = ToolHeaderParameters(parameters: [])

  package var isEmpty: Bool { parameters.isEmpty }

  private init(parameters: [Parameter]) { self.parameters = parameters }

  /// Finds them in a tool's `inputSchema`.
  package init(schema: JSONValue) throws(Invalid) {
    var found: [Parameter] = []
    try Self.walk(schema, path: [], &found)
    var names: Set<String> = []
    for parameter in found where !names.insert(parameter.header.lowercased()).inserted {
      throw Invalid(description: "x-mcp-header \(parameter.header) comes twice")
    }
    parameters = found
  }

  /// Keywords whose values are data, not schemas.
  private static let data: Set<String> = ["default", "examples", "const", "enum", "required"]

  /// Nil as a path: the place cannot be reached by `properties` alone.
  private static func walk(
    _ schema: JSONValue, path: [String]?, _ found: inout [Parameter]
  ) throws(Invalid) {
    switch schema {
    case .array(let elements):
      for element in elements { try walk(element, path: nil, &found) }
    case .object(let object):
      if let header = object["x-mcp-header"] {
        found.append(try parameter(header, object, path))
      }
      for (key, value) in object.members where key != "x-mcp-header" && !data.contains(key) {
        if key == "properties", let properties = value.objectValue {
          for (name, property) in properties.members {
            try walk(property, path: path.map { $0 + [name] }, &found)
          }
        } else {
          try walk(value, path: nil, &found)
        }
      }
    default:
      break
    }
  }

  private static func parameter(
    _ header: JSONValue, _ schema: JSONObject, _ path: [String]?
  ) throws(Invalid) -> Parameter {
    guard let path, !path.isEmpty else {
      throw Invalid(description: "x-mcp-header stands where properties alone do not lead")
    }
    let isTokenCharacter = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    guard let name = header.stringValue, !name.isEmpty, name.utf8.allSatisfy(isTokenCharacter)
    else { throw Invalid(description: "an x-mcp-header is no header name") }
    guard let type = schema["type"]?.stringValue, ["integer", "string", "boolean"].contains(type)
    else {
      throw Invalid(description: "x-mcp-header \(name) is on no integer, string or boolean")
    }
    return Parameter(path: path, header: name, isInteger: type == "integer")
  }

  /// What is wrong between a call's headers and its arguments; nil when they agree.
  ///
  /// - Parameter header: gives the value of `Mcp-Param-NAME`, decoded; the outer nil is an absent
  ///   header, the inner one a value that does not decode.
  package func mismatch(
    arguments: JSONValue?, header: (String) -> [UInt8]??
  ) -> JSONRPCError? {
    for parameter in parameters {
      var value = arguments
      for step in parameter.path { value = value?[step] }
      let sent = header(parameter.header)
      let name = "Mcp-Param-\(parameter.header)"
      switch (value, sent) {
      case (nil, nil), (.null, nil):
        continue
      case (nil, .some), (.null, .some):
        return .headerMismatch("\(name) is there and its argument is not")
      case (.some, nil):
        return .headerMismatch("\(name) is missing")
      case (.some, .some(nil)):
        return .headerMismatch("\(name) is not encoded as it must be")
      case (.some(let value), .some(.some(let bytes))):
        guard Self.isSame(value, String(decoding: bytes, as: UTF8.self), parameter.isInteger)
        else { return .headerMismatch("\(name) is unlike its argument") }
      }
    }
    return nil
  }

  private static func isSame(_ value: JSONValue, _ text: String, _ isInteger: Bool) -> Bool {
    switch value {
    case .string(let string): string.utf8.elementsEqual(text.utf8)
    case .bool(let bool): text == (bool ? "true" : "false")
    case .number(let spelling):
      spelling == text || (isInteger && Double(spelling) == Double(text) && Double(text) != nil)
    default: false
    }
  }
}
