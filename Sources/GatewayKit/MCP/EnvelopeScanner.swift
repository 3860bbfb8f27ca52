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

  /// The id of a request that `scan` refused, for the refusal to carry: null is only for where it
  /// cannot be determined (JSON-RPC 2.0, section 5).
  ///
  /// That is in broken JSON, where the id is none, where something like it comes twice, and in an
  /// answer, whose id is of a request of the other side's.
  package static func id(
    ofRefused body: UnsafeRawBufferPointer, maximumDepth: Int = 120
  ) -> Range<Int>? {
    var reader = JSONReader(body, maximumDepth: maximumDepth)
    var ids: [Range<Int>?] = []
    var hasMethod = false
    var isAnswer = false
    do {
      try reader.object { key, reader in
        if reader.equals(key, "id") {
          var scan = Scan(reader: reader)
          ids.append(try scan.token())
        } else if CaseFolding.isVariant(reader.utf8(key), of: "id") {
          ids.append(nil)
        } else if reader.equals(key, "method") {
          hasMethod = true
        } else if reader.equals(key, "result") || reader.equals(key, "error") {
          isAnswer = true
        }
        try reader.skip()
      }
      try reader.end()
    } catch {
      return nil
    }
    return ids.count == 1 && (hasMethod || !isAnswer) ? ids[0] : nil
  }

  /// The members that are looked at, by the object that they stand in.
  private static let messageKeys = TrackedKeys([
    "jsonrpc", "id", "method", "params", "result", "error",
  ])
  private static let paramsKeys = TrackedKeys([
    "name", "uri", "ref", "arguments", "requestId", "_meta", "progressToken", "requestState",
    "inputResponses", "taskId", "task", "cursor", "level", "notifications",
  ])
  private static let refKeys = TrackedKeys(["name", "uri"])
  private static let metaKeys = TrackedKeys([
    "progressToken", "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/clientInfo",
    "io.modelcontextprotocol/logLevel",
  ])

  private struct Scan {
    var reader: JSONReader
    var envelope = Envelope()
    var hasVersion = false
    var hasNullID = false
    var hasResult = false
    var hasError = false

    mutating func message() throws -> Envelope {
      switch try reader.kind() {
      case .object: break
      case .array: throw EnvelopeError.batch
      default: throw EnvelopeError.notAnObject
      }
      var seen: UInt16 = 0
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
          envelope.result = try reader.skip()
        case 5:
          hasError = true
          envelope.error = try reader.skip()
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
      if envelope.methodName != nil {
        guard !hasResult, !hasError else { throw EnvelopeError.noMessage }
        guard !hasNullID else { throw EnvelopeError.badID }
        if envelope.id == nil, let method = envelope.method, !method.isNotification {
          throw EnvelopeError.requestWithoutID(method.name)
        }
        envelope.kind = envelope.id == nil ? .notification : .request
      } else {
        guard hasResult != hasError else { throw EnvelopeError.noMessage }
        // Only an error may answer what could not be read, and then has no id.
        guard envelope.id != nil || hasError else { throw EnvelopeError.badID }
        envelope.kind = .response
      }
      return envelope
    }

    /// A string or a whole number, as it is spelled; nil for null.
    mutating func id() throws -> Range<Int>? {
      guard try reader.kind() == .null else {
        guard let id = try token() else { throw EnvelopeError.badID }
        return id
      }
      try reader.null()
      hasNullID = true
      return nil
    }

    /// A string or a whole number, as it is spelled; nil for anything else.
    mutating func token() throws -> Range<Int>? {
      switch try reader.kind() {
      case .string:
        let text = try reader.string()
        return text.range.lowerBound - 1..<text.range.upperBound + 1
      case .number:
        let range = try reader.number()
        return reader.bytes[range].contains { ".eE".utf8.contains($0) } ? nil : range
      default:
        return nil
      }
    }

    mutating func method() throws {
      let name = try string("method")
      envelope.methodName = name
      envelope.method =
        name.hasEscapes
        ? reader.utf8(name).withUnsafeBytes { Method($0) }
        : Method(UnsafeRawBufferPointer(rebasing: reader.bytes[name.range]))
    }

    mutating func params() throws {
      guard try reader.kind() == .object else {
        throw EnvelopeError.badMember("params must be an object")
      }
      let start = reader.offset
      var seen: UInt16 = 0
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
        case 7: envelope.requestState = try string("params.requestState")
        case 8: envelope.inputResponses = try reader.skip()
        case 9: envelope.taskID = try string("params.taskId")
        case 10: envelope.task = try reader.skip()
        case 11: envelope.cursor = try string("params.cursor")
        case 12: envelope.level = try reader.skip()
        case 13: envelope.notifications = try reader.skip()
        default: try reader.skip()
        }
      }
      envelope.params = start..<reader.offset
    }

    mutating func ref() throws {
      guard try reader.kind() == .object else {
        throw EnvelopeError.badMember("params.ref must be an object")
      }
      var seen: UInt16 = 0
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
      var seen: UInt16 = 0
      try reader.openObject()
      while let key = try reader.nextMember() {
        switch try EnvelopeScanner.metaKeys.find(key, reader, &seen) {
        case 0:
          guard let token = try token() else {
            throw EnvelopeError.badMember("_meta progressToken must be a string or a whole number")
          }
          envelope.progressToken = token
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
}
