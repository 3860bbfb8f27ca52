/// A JSON value that remembers its line, so that every error can name it.
package struct ConfigurationNode: Sendable {
  package let line: Int
  package let value: Value

  package enum Value: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([ConfigurationNode])
    case object([Member])
  }

  package struct Member: Sendable {
    package let name: String
    package let line: Int
    package let node: ConfigurationNode
  }

  /// What the value is, with its article: "a number".
  package var kindInWords: String {
    switch value {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  package var string: String? { if case .string(let text) = value { text } else { nil } }

  package var members: [Member]? { if case .object(let members) = value { members } else { nil } }

  package var strings: [String]? {
    guard case .array(let elements) = value else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }
}

extension ConfigurationNode {
  /// Reads a whole file: JSON, with `//` and `/* */` comments.
  ///
  /// - Throws: ``ConfigurationError/syntax(_:reason:)``, or `shape` for a member that is given twice.
  package static func parse(
    _ bytes: [UInt8], file: String
  ) throws(ConfigurationError) -> ConfigurationNode {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    let lines = LineIndex(content)
    let result: Result<ConfigurationNode, ConfigurationError> = content.withUnsafeBytes { raw in
      var reader = JSONReader(raw, allowsComments: true)
      do {
        let node = try read(&reader, file: file, lines: lines)
        try reader.end()
        return .success(node)
      } catch let error as ConfigurationError {
        return .failure(error)
      } catch let error as JSONSyntaxError {
        return .failure(
          .syntax(
            FilePlace(file: file, line: lines.line(at: error.offset)), reason: error.reason))
      } catch {
        return .failure(.unreadable(path: file, reason: "\(error)"))
      }
    }
    return try result.get()
  }

  private static func read(
    _ reader: inout JSONReader, file: String, lines: LineIndex
  ) throws -> ConfigurationNode {
    let kind = try reader.kind()
    let line = lines.line(at: reader.offset)
    let value: Value
    switch kind {
    case .null:
      try reader.null()
      value = .null
    case .bool: value = .bool(try reader.bool())
    case .number:
      value = .number(String(decoding: lines.content[try reader.number()], as: UTF8.self))
    case .string: value = .string(reader.text(try reader.string()))
    case .array:
      var elements: [ConfigurationNode] = []
      _ = try reader.array { _, inner in
        elements.append(try read(&inner, file: file, lines: lines))
      }
      value = .array(elements)
    case .object:
      var members: [Member] = []
      var names: Set<String> = []
      _ = try reader.object { key, inner in
        let name = inner.text(key)
        let line = lines.line(at: key.range.lowerBound)
        guard names.insert(name).inserted else {
          throw ConfigurationError.shape(
            FilePlace(file: file, line: line), problem: "\"\(name)\" is given twice; remove one")
        }
        members.append(
          Member(name: name, line: line, node: try read(&inner, file: file, lines: lines)))
      }
      value = .object(members)
    }
    return ConfigurationNode(line: line, value: value)
  }
}

/// Finds the line of an offset.
private struct LineIndex {
  let content: [UInt8]
  private let starts: [Int]

  init(_ content: [UInt8]) {
    self.content = content
    starts = [0] + content.indices.filter { content[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  func line(at offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
}
