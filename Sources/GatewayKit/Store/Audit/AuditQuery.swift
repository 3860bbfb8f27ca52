/// Which lines of the log somebody wants to see.
package struct AuditQuery: Sendable {
  package var user: String?
  package var key: String?
  package var backend: String?
  package var tool: String?
  /// An event's name, or its beginning up to a dot: `key` for all of `key.…`.
  package var action: String?
  package var since: Timestamp?
  package var until: Timestamp?

  package init() {}

  /// Calls `body` with each line that matches, oldest first, until it says false.
  ///
  /// - Parameter limit: gives only so many, the newest.
  package func search(
    _ path: String, newest limit: Int? = nil, _ body: ([UInt8]) -> Bool
  ) throws {
    let matcher = matcher
    let files = AuditFiles.all(path)
    guard let limit else {
      for file in files {
        var isOn = true
        var reader = try LineFile(file)
        try reader.forEachLine { line in
          if matcher.matches(line) { isOn = body(Array(line)) }
          return isOn
        }
        if !isOn { return }
      }
      return
    }
    var found: [[UInt8]] = []
    for file in files.reversed() where found.count < limit {
      var own: [[UInt8]] = []
      var reader = try LineFile(file)
      try reader.forEachLine { line in
        guard matcher.matches(line) else { return true }
        own.append(Array(line))
        if own.count > 2 * limit { own.removeFirst(own.count - limit) }
        return true
      }
      found = own.suffix(limit - found.count) + found
    }
    for line in found where !body(line) { return }
  }

  var matcher: Matcher { Matcher(self) }

  /// The same of a line that was parsed.
  private func matches(_ event: JSONValue) -> Bool {
    func has(_ wanted: String?, in member: String, orOf kind: String? = nil) -> Bool {
      guard let wanted, event[member]?.stringValue != wanted else { return true }
      guard let kind else { return false }
      return event["changes"]?.arrayValue?.contains { $0["of"]?.stringValue == "\(kind) \(wanted)" }
        ?? false
    }
    let name = event["event"]?.stringValue ?? ""
    let isAction = action.map { $0.contains(".") ? name == $0 : name.hasPrefix("\($0).") } ?? true
    return isAction && has(user, in: "user", orOf: "user") && has(key, in: "key_id", orOf: "key")
      && has(backend, in: "backend") && has(tool, in: "tool")
  }

  /// The query as bytes that a line holds or does not: a quote inside a string is escaped, so what
  /// is looked for can only be a member. A call's arguments and what a change wrote may have members
  /// of any name: such a line is parsed then.
  struct Matcher {
    private let query: AuditQuery
    /// Of each, one has to be there.
    private let needles: [[[UInt8]]]
    private let since: [UInt8]?
    private let until: [UInt8]?

    fileprivate init(_ query: AuditQuery) {
      self.query = query
      func text(_ start: String, _ value: String) -> [UInt8] {
        var bytes = Array(start.utf8)
        writeJSONString(value.utf8, into: &bytes)
        return bytes
      }
      /// As the event's own, or as one of those that it changed.
      func either(_ name: String, _ kind: String, _ value: String?) -> [[UInt8]]? {
        value.map { [text(",\"\(name)\":", $0), text("{\"of\":", "\(kind) \($0)")] }
      }
      func only(_ name: String, _ value: String?) -> [[UInt8]]? {
        value.map { [text(",\"\(name)\":", $0)] }
      }
      // `key` is every `key.…`; `key.revoked` is just that.
      let action = query.action.map { action in
        [Array(",\"event\":\"\(action)\(action.contains(".") ? "\"" : ".")".utf8)]
      }
      needles = [
        either("user", "user", query.user), either("key_id", "key", query.key),
        only("backend", query.backend), only("tool", query.tool), action,
      ].compactMap { $0 }
      since = query.since.map { Array($0.fixedText.utf8) }
      until = query.until.map { Array($0.fixedText.utf8) }
    }

    private static let openMembers = [#","arguments":"#, #","changes":"#].map { Array($0.utf8) }

    func matches(_ line: UnsafeRawBufferPointer) -> Bool {
      guard
        needles.allSatisfy({ $0.contains { AuditLine.find(line, $0) != nil } }),
        isInTime(line)
      else { return false }
      guard !needles.isEmpty,
        Self.openMembers.contains(where: { AuditLine.find(line, $0) != nil })
      else { return true }
      return (try? JSONValue.parse(line)).map(query.matches) ?? false
    }

    private func isInTime(_ line: UnsafeRawBufferPointer) -> Bool {
      guard since != nil || until != nil else { return true }
      guard let time = AuditLine.timeText(of: line) else { return false }
      if let since, time.lexicographicallyPrecedes(since) { return false }
      if let until, !time.lexicographicallyPrecedes(until) { return false }
      return true
    }
  }
}
