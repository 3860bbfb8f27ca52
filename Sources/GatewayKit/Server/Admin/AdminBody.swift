import Hummingbird

/// The members of a request's body, taken one by one so that an error names the one it is about.
struct AdminBody {
  private let object: JSONObject

  /// - Parameters:
  ///   - known: the members that the route takes; any other is refused, for it would be a typing
  ///     error that does nothing.
  ///   - isOptional: whether no body at all is an empty object.
  init(
    _ request: Request, _ context: AdminRequestContext, known: [String], isOptional: Bool = false
  ) async throws {
    let buffer = try await request.body.collect(upTo: context.maxUploadSize)
    if isOptional, buffer.readableBytes == 0 {
      object = JSONObject()
      return
    }
    if let type = request.headers[.contentType],
      type.prefix(while: { $0 != ";" }).lowercased() != "application/json"
    {
      throw AdminError(
        415, "unsupported_media_type", "Send the body as Content-Type: application/json.")
    }
    do {
      guard let object = try JSONValue.parse(buffer.readableBytesView).objectValue else {
        throw AdminError(422, "invalid_body", "The body must be a JSON object.")
      }
      self.object = object
    } catch let error as JSONSyntaxError {
      throw AdminError(400, "invalid_json", "The body is not JSON: \(error).")
    }
    var seen: Set<String> = []
    for (name, _) in object.members {
      guard seen.insert(name).inserted else {
        throw AdminError.field(SafeText.line(name), "comes twice")
      }
      guard known.contains(name) else {
        throw AdminError.field(
          SafeText.line(name),
          "is not known here; this route takes \(known.joined(separator: ", "))")
      }
    }
  }

  func has(_ name: String) -> Bool { object[name] != nil }

  func isNull(_ name: String) -> Bool { object[name] == .some(.null) }

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
  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    switch object[name] {
    case nil, .null: return nil
    case .some(let value):
      guard let number = value.intValue, range.contains(number) else {
        throw AdminError.field(
          name, "must be a whole number from \(range.lowerBound) to \(range.upperBound), or null")
      }
      return number
    }
  }

  /// Empty when it is absent.
  func strings(_ name: String) throws -> [String] {
    guard let value = object[name] else { return [] }
    guard let elements = value.arrayValue else {
      throw AdminError.field(name, "must be an array of strings")
    }
    return try elements.map { element in
      guard let text = element.stringValue else {
        throw AdminError.field(name, "must be an array of strings")
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
