import GatewayKit

/// A filter of the audit log: words, and `field:word` for those that one field has to hold.
///
/// `actor:marko action:revoke since:7d` are the lines of the last seven days in which an actor like marko
/// revoked something.
struct AuditFilter: Sendable {
  static let fields = ["actor", "action", "user", "key", "backend", "tool", "result"]

  private(set) var since: Timestamp?
  private(set) var until: Timestamp?
  private var named: [(field: String, filter: Filter)] = []
  private var words: [Filter] = []

  init(_ text: String, now: Timestamp) {
    for part in text.split(separator: " ") {
      let pair = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let (name, value) = (String(pair[0]), pair.count == 2 ? String(pair[1]) : "")
      if pair.count == 2, name == "since" || name == "until" {
        let time = Self.time(value, now)
        if name == "since" { since = time } else { until = time }
      } else if pair.count == 2, Self.fields.contains(name) {
        named.append((name, Filter(value)))
      } else {
        words.append(Filter(String(part)))
      }
    }
  }

  private static func time(_ text: String, _ now: Timestamp) -> Timestamp? {
    DurationText.parse(text).map { now.advanced(by: .zero - $0) }
      ?? Timestamp(parsing: text) ?? Timestamp(parsing: "\(text)T00:00:00Z")
  }

  var isEmpty: Bool { since == nil && until == nil && named.isEmpty && words.isEmpty }

  /// Whether a line of the log could be one of those, by its bytes alone: cheap, and never wrong about
  /// one that is.
  func couldMatch(_ line: [UInt8]) -> Bool {
    let texts = (words + named.map(\.filter)).compactMap(\.plainText)
    guard !texts.isEmpty else { return true }
    // What announces a change is wanted with its outcome.
    let lower = line.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return texts.allSatisfy { Filter($0).matches(lower) } || Filter("\"phase\":").matches(lower)
  }

  func matches(_ row: AuditRow) -> Bool {
    if let since, let time = row.time, time < since { return false }
    if let until, let time = row.time, time >= until { return false }
    return words.allSatisfy { $0.matches(row.searched) }
      && named.allSatisfy { field, filter in
        filter.matches(Array((row.fields[field] ?? "").lowercased().utf8))
      }
  }
}
