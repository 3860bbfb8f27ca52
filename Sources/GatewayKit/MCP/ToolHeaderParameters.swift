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
    guard let name = header.stringValue, !name.isEmpty, name.utf8.allSatisfy(isTokenCharacter)
    else { throw Invalid(description: "an x-mcp-header is no header name") }
    guard let type = primitiveType(schema["type"]) else {
      throw Invalid(description: "x-mcp-header \(name) is on no integer, string or boolean")
    }
    return Parameter(path: path, header: name, isInteger: type == "integer")
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
      || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// One of the three types that a header can carry, null beside it or not.
  private static func primitiveType(_ type: JSONValue?) -> String? {
    let names = type?.arrayValue ?? type.map { [$0] } ?? []
    let types = names.compactMap(\.stringValue).filter { $0 != "null" }
    guard names.allSatisfy({ $0.stringValue != nil }), types.count == 1,
      ["integer", "string", "boolean"].contains(types[0])
    else { return nil }
    return types[0]
  }

  // MARK: Checking a call

  /// Hands every header of a request to a closure: name and value as they lie in its head.
  package typealias Fields = (
    _ field: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
  ) -> Void

  /// What is wrong between a call's headers and its arguments; nil when they agree.
  ///
  /// `Mcp-Param-…` headers that the tool does not name are of no concern here.
  ///
  /// - Parameter arguments: the JSON of `params.arguments`, which was checked before.
  package func mismatch(
    arguments: UnsafeRawBufferPointer?, fields: Fields
  ) -> JSONRPCError? {
    guard !isEmpty else { return nil }
    let arguments = arguments.flatMap { try? JSONValue.parse($0) }
    var sent: [String: [[UInt8]?]] = [:]
    fields { name, value in
      guard name.count > 10 else { return }
      let name = String(decoding: name, as: UTF8.self).lowercased()
      if name.hasPrefix("mcp-param-") {
        sent[String(name.dropFirst(10)), default: []].append(MCPHeaderValue.decode(value))
      }
    }
    for parameter in parameters {
      let values = sent[parameter.header.lowercased()] ?? []
      if let wrong = Self.mismatch(parameter, arguments, values) {
        return .headerMismatch("Mcp-Param-\(parameter.header) \(wrong)")
      }
    }
    return nil
  }

  private static func mismatch(
    _ parameter: Parameter, _ arguments: JSONValue?, _ sent: [[UInt8]?]
  ) -> String? {
    var value = arguments
    for step in parameter.path {
      let found = value?.objectValue?.members.filter { $0.key.utf8.elementsEqual(step.utf8) } ?? []
      // Parsers disagree on which one wins.
      guard found.count < 2 else { return "is for an argument that comes twice" }
      value = found.first?.value
    }
    guard let value, value != .null else {
      return sent.isEmpty ? nil : "is there and its argument is not"
    }
    guard let header = sent.first else { return "is missing" }
    guard sent.count == 1 else { return "comes twice" }
    guard let header else { return "is not encoded as it must be" }
    return isSame(value, header, parameter.isInteger) ? nil : "is unlike its argument"
  }

  private static func isSame(_ value: JSONValue, _ header: [UInt8], _ isInteger: Bool) -> Bool {
    switch value {
    case .string(let text): text.utf8.elementsEqual(header)
    case .bool(let bool): header.elementsEqual((bool ? "true" : "false").utf8)
    case .number(let spelling):
      spelling.utf8.elementsEqual(header) || isInteger && isSameInteger(spelling, header)
    default: false
    }
  }

  /// Numerically (2026-07-28, Streamable HTTP, Server Validation: `42.0` is `42`), between the
  /// integers that the protocol allows here, which a Double holds exactly.
  private static func isSameInteger(_ spelling: String, _ header: [UInt8]) -> Bool {
    guard case .number(let text)? = try? JSONValue.parse(header), let left = Double(spelling),
      let right = Double(text)
    else { return false }
    return left == right && left == left.rounded() && left.magnitude < 9_007_199_254_740_992
  }

  // MARK: Writing a call

  /// The header lines that a call has to carry, each with its CRLF. An argument that is absent or null
  /// has none.
  ///
  /// - Parameter arguments: the JSON of `params.arguments`.
  package func headerLines(arguments: [UInt8]?) -> [UInt8] {
    guard let arguments = arguments.flatMap({ try? JSONValue.parse($0) }) else { return [] }
    var lines: [UInt8] = []
    for parameter in parameters {
      var value: JSONValue? = arguments
      for step in parameter.path { value = value?[step] }
      let text: String
      switch value {
      case .string(let string): text = MCPHeaderValue.encode(string)
      case .number(let spelling): text = spelling
      case .bool(let bool): text = bool ? "true" : "false"
      default: continue
      }
      lines += "mcp-param-\(parameter.header): \(text)\r\n".utf8
    }
    return lines
  }
}
