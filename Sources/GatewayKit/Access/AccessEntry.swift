/// One entry of an allow or block list: `BACKEND` or `BACKEND/PATTERN`.
///
/// The backend's name is exact and its case matters. In the pattern `*` stands for any characters
/// and `?` for one, `/` among them; it has to match a whole name, and its case matters too.
public struct AccessEntry: Hashable, Sendable, CustomStringConvertible {
  /// The longest entry, in bytes of UTF-8.
  public static let sizeLimit = 256

  /// The backend that the entry is about.
  public let backend: String
  /// What of it; nil is all of it.
  public let pattern: String?

  public var description: String { pattern.map { "\(backend)/\($0)" } ?? backend }

  /// Reads an entry.
  ///
  /// - Throws: ``AccessEntryError`` when it is empty, lacks the backend or the pattern beside its
  ///   slash, has `*` or `?` before it, holds a control character, or is longer than ``sizeLimit``.
  public init(_ text: String) throws(AccessEntryError) {
    guard !text.isEmpty else { throw AccessEntryError(text: text, reason: "it is empty") }
    guard text.utf8.count <= Self.sizeLimit else {
      throw AccessEntryError(text: text, reason: "it is longer than \(Self.sizeLimit) bytes")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw AccessEntryError(text: text, reason: "it holds a control character") }
    let (backend, rest) = Self.parts(text)
    // It would be the name of a backend that cannot be, and as the only allowed one close everything.
    guard !backend.unicodeScalars.contains(where: { $0 == "*" || $0 == "?" }) else {
      throw AccessEntryError(
        text: text,
        reason: "* and ? stand only after a slash, and a backend's name is whole; an empty list "
          + "of allowed entries means everything")
    }
    guard let rest else {
      self.backend = text
      pattern = nil
      return
    }
    self.backend = backend
    guard !backend.isEmpty else {
      throw AccessEntryError(text: text, reason: "it names no backend before its slash")
    }
    guard !rest.isEmpty else {
      throw AccessEntryError(
        text: text, reason: "nothing follows its slash; \(backend) alone means all of it")
    }
    pattern = rest
  }

  /// What stands before and behind the first slash. By scalars: a slash that an accent follows is
  /// still one, though not to `Character`.
  private static func parts(_ text: String) -> (backend: String, rest: String?) {
    let scalars = text.unicodeScalars
    guard let slash = scalars.firstIndex(of: "/") else { return (text, nil) }
    return (
      String(scalars[..<slash]), String(scalars[scalars.index(after: slash)...])
    )
  }
}

/// Why a text is no entry of an access list.
public struct AccessEntryError: Error, Equatable, CustomStringConvertible {
  /// The text as it was given.
  public let text: String
  /// A sentence part: "it is empty".
  public let reason: String

  public var description: String {
    "The access entry \"\(SafeText.line(String(text.prefix(80))))\" cannot be used: \(reason). "
      + "Write BACKEND or BACKEND/PATTERN."
  }
}

extension AccessEntry {
  /// An entry of an existing file, whatever it is: it must neither be lost nor widen anything.
  package init(stored text: String) {
    (backend, pattern) = Self.parts(text)
  }
}
