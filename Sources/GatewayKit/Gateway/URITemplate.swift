/// A resource template's URI (RFC 6570), asked only whether it can have given a URI.
///
/// An expression stands for one or more characters: any but `/`, `?` and `#`, or with the operators
/// `+`, `#`, `/`, `?` and `&`, whose values may hold them, any at all. Matching is linear in the
/// URI's length times the number of expressions, whatever the template; both are bounded.
package struct URITemplate: Sendable {
  /// The longest URI that a template is compared with, in bytes (RFC 9110 §4.1 asks for 8,000).
  package static let longestURI = 8192
  /// The most literals and expressions of one template.
  private static let mostParts = 64

  private enum Part: Sendable {
    case literal([UInt8])
    case segment
    case anything
  }

  package let text: String
  private let parts: [Part]

  /// Nil when a brace is not closed, or it has more parts than any real one.
  package init?(_ text: String) {
    self.text = text
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
      if open > rest.startIndex { parts.append(.literal(Array(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
      let reserved = "+#/?&".utf8.contains(rest[open + 1])
      parts.append(reserved ? .anything : .segment)
      rest = rest[(close + 1)...]
    }
    if !rest.isEmpty { parts.append(.literal(Array(rest))) }
    guard parts.count <= Self.mostParts else { return nil }
    self.parts = parts
  }

  package func matches(_ uri: [UInt8]) -> Bool {
    guard uri.count <= Self.longestURI else { return false }
    if case .literal(let start) = parts.first, !uri.starts(with: start) { return false }
    // The set of positions that the parts so far can have reached.
    var reached = [Bool](repeating: false, count: uri.count + 1)
    reached[0] = true
    for part in parts {
      var next = [Bool](repeating: false, count: uri.count + 1)
      switch part {
      case .literal(let text):
        for start in reached.indices
        where reached[start] && uri[start...].starts(with: text) {
          next[start + text.count] = true
        }
      case .segment, .anything:
        var open = false
        for position in uri.indices {
          if reached[position] { open = true }
          if case .segment = part, "/?#".utf8.contains(uri[position]) { open = false }
          next[position + 1] = open
        }
      }
      guard next.contains(true) else { return false }
      reached = next
    }
    return reached[uri.count]
  }
}
