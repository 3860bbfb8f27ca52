import Hummingbird
import NIOCore

/// The members of a request's body, taken one by one so that an error names the one it is about.
struct AdminBody {
  /// How deep a body may nest. Less than what the users' file may hold, which wraps what comes in.
  static let maximumDepth = 32

  private let object: JSONObject

  /// - Parameters:
  ///   - known: the members that the route takes; any other is refused, for it would be a typing
  ///     error that does nothing.
  ///   - isOptional: whether no body at all is an empty object.
  init(
    _ request: Request, _ context: AdminRequestContext, known: [String], isOptional: Bool = false
  ) async throws {
    let buffer: ByteBuffer
    do {
      buffer = try await request.body.collect(upTo: context.maxUploadSize)
    } catch is NIOTooManyBytesError {
      throw AdminError(
        413, "body_too_large",
        "The body is larger than the \(context.maxUploadSize) bytes that an admin route takes.")
    }
    guard buffer.readableBytes > 0 else {
      guard isOptional else {
        throw AdminError(
          400, "invalid_json",
          "The body is empty; send a JSON object with \(known.joined(separator: ", ")).")
      }
      object = JSONObject()
      return
    }
    if let type = request.headers[.contentType], !Self.isJSON(type) {
      throw AdminError(
        415, "unsupported_media_type",
        "The body is JSON in UTF-8: send it with Content-Type: application/json.")
    }
    do {
      let value = try JSONValue.parse(buffer.readableBytesView, maximumDepth: Self.maximumDepth)
      guard let object = value.objectValue else {
        throw AdminError(422, "invalid_body", "The body must be a JSON object.")
      }
      self.object = object
    } catch let error as JSONSyntaxError {
      throw AdminError(400, "invalid_json", "The body is not JSON: \(error).")
    }
    for (name, _) in object.members where !known.contains(name) {
      throw AdminError.unknown(name, kind: "member", known: known)
    }
    try Self.checkOnce(.object(object))
  }

  private static func isJSON(_ type: String) -> Bool {
    let parts = type.lowercased().split(separator: ";").map { part in
      part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
    }
    guard parts.first == "application/json" else { return false }
    return parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
  }

  /// Programs differ in which of two they take.
  private static func checkOnce(_ value: JSONValue) throws {
    switch value {
    case .object(let object):
      var seen: Set<String> = []
      for (name, value) in object.members {
        guard seen.insert(name).inserted else {
          throw AdminError.field(name, "comes twice in one object", word: "duplicate_member")
        }
        try checkOnce(value)
      }
    case .array(let elements): for element in elements { try checkOnce(element) }
    default: break
    }
  }

  // MARK: Members

  func has(_ name: String) -> Bool { object[name] != nil }

  /// A change has to change something.
  func requireAny(of names: [String]) throws {
    guard object.members.isEmpty else { return }
    throw AdminError(
      422, "invalid_body",
      "The body changes nothing; it takes \(names.joined(separator: ", ")).")
  }

  /// Nil when it is absent or null.
  func string(_ name: String) throws -> String? {
    switch object[name] {
    case nil, .null: return nil
    case .string(let text): return text
    default: throw AdminError.field(name, "must be a string")
    }
  }

  func bool(_ name: String) throws -> Bool? {
    switch object[name] {
    case nil: return nil
    case .bool(let value): return value
    default: throw AdminError.field(name, "must be true or false")
    }
  }

  /// Nil when it is absent or null.
  func integer(
    _ name: String, in range: ClosedRange<Int>, null: String, word: String
  ) throws -> Int? {
    switch object[name] {
    case nil, .null: return nil
    case .some(let value):
      guard let number = value.intValue, range.contains(number) else {
        throw AdminError.field(
          name,
          "must be a whole number from \(range.lowerBound) to \(range.upperBound), or null for \(null)",
          word: word)
      }
      return number
    }
  }

  /// Entries of an access list; none when it is absent.
  func entries(_ name: String) throws -> [String] {
    guard let value = object[name] else { return [] }
    guard let elements = value.arrayValue else {
      throw AdminError.field(name, "must be an array of strings; leave it out to empty the list")
    }
    return try elements.enumerated().map { index, element in
      guard let text = element.stringValue else {
        throw AdminError.field("\(name)[\(index)]", "must be a string")
      }
      do throws(AccessEntryError) {
        _ = try AccessEntry(text)
      } catch {
        throw AdminError(422, "invalid_access_entry", "\(name)[\(index)]: \(error)")
      }
      return text
    }
  }

  func object(_ name: String) throws -> JSONObject? {
    switch object[name] {
    case nil: return nil
    case .object(let value): return value
    default: throw AdminError.field(name, "must be an object")
    }
  }
}
