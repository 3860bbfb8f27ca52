/// JSON as a tree, for what is not on the data path. Numbers keep their spelling, objects the order
/// of their members.
package indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As it is spelled.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Reads one value; nothing but white space may follow it.
  package static func parse(
    _ bytes: some Collection<UInt8>, maximumDepth: Int = 120
  ) throws(JSONSyntaxError) -> JSONValue {
    func read(_ raw: UnsafeRawBufferPointer) -> Result<JSONValue, JSONSyntaxError> {
      do {
        var reader = JSONReader(raw, maximumDepth: maximumDepth)
        let value = try reader.value()
        try reader.end()
        return .success(value)
      } catch let error as JSONSyntaxError {
        return .failure(error)
      } catch {
        return .failure(JSONSyntaxError(offset: 0, reason: "\(error)"))
      }
    }
    let contiguous = bytes.withContiguousStorageIfAvailable { read(UnsafeRawBufferPointer($0)) }
    return try (contiguous ?? Array(bytes).withUnsafeBytes(read)).get()
  }

  // MARK: Looking

  package subscript(_ key: String) -> JSONValue? { objectValue?[key] }

  package var stringValue: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// Nil for a number that is no whole number, or too large for an Int.
  package var intValue: Int? {
    if case .number(let spelling) = self { return Int(spelling) }
    return nil
  }

  package var boolValue: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  package var arrayValue: [JSONValue]? {
    if case .array(let elements) = self { return elements }
    return nil
  }

  package var objectValue: JSONObject? {
    if case .object(let object) = self { return object }
    return nil
  }

  // MARK: Writing

  /// Compact, with nothing escaped that need not be.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(into: &bytes)
    return bytes
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package func write(into bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let spelling): bytes += spelling.utf8
    case .string(let text): writeJSONString(text.utf8, into: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        writeJSONString(member.key.utf8, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(into: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }
}

extension JSONReader {
  /// The next value as a tree.
  package mutating func value() throws -> JSONValue {
    switch try kind() {
    case .null:
      try null()
      return .null
    case .bool:
      return .bool(try bool())
    case .number:
      return .number(String(decoding: bytes[try number()], as: UTF8.self))
    case .string:
      return .string(text(try string()))
    case .array:
      var elements: [JSONValue] = []
      try array { _, reader in elements.append(try reader.value()) }
      return .array(elements)
    case .object:
      var object = JSONObject()
      try self.object { key, reader in
        object.members.append((reader.text(key), try reader.value()))
      }
      return .object(object)
    }
  }
}

/// Writes UTF-8 text as a JSON string, quotes included. Escaped are quotes, backslashes and control
/// characters (RFC 8259, section 7).
package func writeJSONString(_ text: some Sequence<UInt8>, into bytes: inout [UInt8]) {
  bytes.append(UInt8(ascii: "\""))
  for byte in text {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
    case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
    case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
    case 0..<0x20:
      bytes += byte < 0x10 ? #"\u000"#.utf8 : #"\u001"#.utf8
      let digit = byte & 15
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    default: bytes.append(byte)
    }
  }
  bytes.append(UInt8(ascii: "\""))
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(String(value)) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
  package init(nilLiteral: ()) { self = .null }
}
