/// Finds the parts of a JSON-RPC message in one pass over its bytes, checking all of the grammar.
///
/// A tracked member that comes twice, or that differs from a tracked one only in the case of its
/// letters, is refused: parsers disagree on which one wins. A key written with escapes counts as
/// what it says. Nothing is allocated unless a key has escapes.
package enum EnvelopeScanner {
  package static func scan(
    _ body: UnsafeRawBufferPointer, maximumDepth: Int = 120
  ) throws(EnvelopeError) -> Envelope {
    var scan = Scan(reader: JSONReader(body, maximumDepth: maximumDepth))
    do {
      return try scan.message()
    } catch let error as EnvelopeError {
      throw error
    } catch let error as JSONSyntaxError {
      throw .syntax(error)
    } catch {
      throw .noMessage
    }
  }

  /// The members that are looked at, by the object that they stand in.
  private static let messageKeys = KeySet(["jsonrpc", "id", "method", "params", "result", "error"])
  private static let paramsKeys = KeySet([
    "name", "uri", "ref", "arguments", "requestId", "_meta", "progressToken",
  ])
  private static let refKeys = KeySet(["name", "uri"])
  private static let metaPrefix = "io.modelcontextprotocol/"
  private static let metaKeys = KeySet([
    "progressToken", metaPrefix + "protocolVersion", metaPrefix + "clientCapabilities",
    metaPrefix + "clientInfo", metaPrefix + "logLevel",
  ])

  private struct Scan {
    var reader: JSONReader
    var envelope = Envelope()
    var hasVersion = false
    var hasResult = false
    var hasError = false

    mutating func message() throws -> Envelope {
      switch try reader.kind() {
      case .object: break
      case .array: throw EnvelopeError.batch
      default: throw EnvelopeError.notAnObject
      }
      var seen: UInt8 = 0
      try reader.openObject()
      while let key = try reader.nextMember() {
        switch try EnvelopeScanner.messageKeys.find(key, reader, &seen) {
        case 0:
          guard try reader.kind() == .string, reader.equals(try reader.string(), "2.0") else {
            throw EnvelopeError.wrongVersion
          }
          hasVersion = true
        case 1: envelope.id = try id()
        case 2: try method()
        case 3: try params()
        case 4:
          hasResult = true
          try reader.skip()
        case 5:
          hasError = true
          try reader.skip()
        default:
          try reader.skip()
        }
      }
      try reader.end()
      return try finish()
    }

    func finish() throws -> Envelope {
      guard hasVersion else { throw EnvelopeError.wrongVersion }
      var envelope = envelope
      if envelope.methodRange != nil {
        guard !hasResult, !hasError else { throw EnvelopeError.noMessage }
        envelope.kind = envelope.id == nil ? .notification : .request
      } else {
        guard hasResult != hasError else { throw EnvelopeError.noMessage }
        envelope.kind = .response
      }
      return envelope
    }

    /// A string or a whole number; a response to what could not be read has null.
    mutating func id() throws -> Range<Int>? {
      switch try reader.kind() {
      case .string:
        let text = try reader.string()
        return text.range.lowerBound - 1..<text.range.upperBound + 1
      case .number:
        let range = try reader.number()
        guard !reader.bytes[range].contains(where: { ".eE".utf8.contains($0) }) else {
          throw EnvelopeError.badID
        }
        return range
      default:
        throw EnvelopeError.badID
      }
    }

    mutating func method() throws {
      guard try reader.kind() == .string else {
        throw EnvelopeError.badMember("method must be a string")
      }
      let name = try reader.string()
      guard !name.hasEscapes else {
        throw EnvelopeError.badMember("method must be written without escapes")
      }
      envelope.methodRange = name.range
      envelope.method = Method(UnsafeRawBufferPointer(rebasing: reader.bytes[name.range]))
    }

    mutating func params() throws {
      guard try reader.kind() == .object else {
        throw EnvelopeError.badMember("params must be an object")
      }
      let start = reader.offset
      var seen: UInt8 = 0
      try reader.openObject()
      while let key = try reader.nextMember() {
        switch try EnvelopeScanner.paramsKeys.find(key, reader, &seen) {
        case 0: envelope.name = try string("params.name")
        case 1: envelope.uri = try string("params.uri")
        case 2: try ref()
        case 3: envelope.arguments = try reader.skip()
        case 4: envelope.requestID = try reader.skip()
        case 5: try meta()
        case 6: envelope.notifiedProgressToken = try reader.skip()
        default: try reader.skip()
        }
      }
      envelope.params = start..<reader.offset
    }

    mutating func ref() throws {
      guard try reader.kind() == .object else {
        throw EnvelopeError.badMember("params.ref must be an object")
      }
      var seen: UInt8 = 0
      try reader.openObject()
      while let key = try reader.nextMember() {
        switch try EnvelopeScanner.refKeys.find(key, reader, &seen) {
        case 0: envelope.refName = try string("params.ref.name")
        case 1: envelope.refURI = try string("params.ref.uri")
        default: try reader.skip()
        }
      }
      guard envelope.refName == nil || envelope.refURI == nil else {
        throw EnvelopeError.badMember("params.ref has both a name and a uri")
      }
    }

    mutating func meta() throws {
      guard try reader.kind() == .object else {
        throw EnvelopeError.badMember("params._meta must be an object")
      }
      let start = reader.offset
      var seen: UInt8 = 0
      try reader.openObject()
      while let key = try reader.nextMember() {
        switch try EnvelopeScanner.metaKeys.find(key, reader, &seen) {
        case 0: envelope.progressToken = try reader.skip()
        case 1: envelope.protocolVersion = try string("_meta protocolVersion")
        case 2:
          guard try reader.kind() == .object else {
            throw EnvelopeError.badMember("_meta clientCapabilities must be an object")
          }
          envelope.clientCapabilities = try reader.skip()
        case 3: envelope.clientInfo = try reader.skip()
        case 4: envelope.logLevel = try string("_meta logLevel")
        default: try reader.skip()
        }
      }
      envelope.meta = start..<reader.offset
    }

    mutating func string(_ what: String) throws -> JSONString {
      guard try reader.kind() == .string else {
        throw EnvelopeError.badMember("\(what) must be a string")
      }
      return try reader.string()
    }
  }

  /// At most eight keys, found by length first.
  private struct KeySet: Sendable {
    private let keys: [[UInt8]]
    private let lengths: UInt64

    init(_ names: [String]) {
      keys = names.map { Array($0.utf8) }
      lengths = keys.reduce(0) { $0 | 1 << UInt64($1.count) }
    }

    /// The key's place in the set, or -1; a second one of the same is refused.
    func find(
      _ key: JSONString, _ reader: JSONReader, _ seen: inout UInt8
    ) throws(EnvelopeError) -> Int {
      if key.hasEscapes { return try findEscaped(reader.text(key), &seen) }
      let count = key.range.count
      guard count < 64, lengths & 1 << UInt64(count) != 0 else { return -1 }
      return try find(UnsafeRawBufferPointer(rebasing: reader.bytes[key.range]), &seen)
    }

    private func findEscaped(_ text: String, _ seen: inout UInt8) throws(EnvelopeError) -> Int {
      let found = Array(text.utf8).withUnsafeBytes { bytes in
        var copy = seen
        return Result { () throws(EnvelopeError) in try find(bytes, &copy) }.map { ($0, copy) }
      }
      let (index, updated) = try found.get()
      seen = updated
      return index
    }

    private func find(
      _ bytes: UnsafeRawBufferPointer, _ seen: inout UInt8
    ) throws(EnvelopeError) -> Int {
      for (index, key) in keys.enumerated() where key.count == bytes.count {
        var isSame = true
        var isAlike = true
        for position in 0..<key.count where key[position] != bytes[position] {
          isSame = false
          if Self.folded(key[position]) != Self.folded(bytes[position]) {
            isAlike = false
            break
          }
        }
        if isSame {
          guard seen & 1 << UInt8(index) == 0 else {
            throw .duplicateKey(String(decoding: key, as: UTF8.self))
          }
          seen |= 1 << UInt8(index)
          return index
        }
        if isAlike { throw .caseVariantKey(String(decoding: key, as: UTF8.self)) }
      }
      return -1
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
      byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
  }
}
