extension StoreDifference {
  /// The most names, or later changes, that are listed of one kind.
  private static let mostListed = 20
  /// The longest value that is shown.
  private static let longestValue = 60

  /// What it changes, for people. Names are as they are in the store.
  ///
  /// - Parameter revive: whether keys that were revoked since are to work again.
  package func lines(revive: Bool = false) -> [String] {
    let kinds: [(title: String, names: [String])] = [
      ("users that come back", addedUsers), ("users that go", removedUsers),
      ("users that change", changedUsers.map { "\($0)\(fields(of: "user \($0)"))" }),
      ("keys that come back", addedKeys.map(named)), ("keys that go", removedKeys.map(named)),
      ("keys that change", changedKeys.map { "\(named($0))\(fields(of: "key \($0)"))" }),
      (
        revive ? "revoked keys that work again" : "keys that stay revoked",
        revokedSince.map(named)
      ),
    ]
    let lines = kinds.filter { !$0.names.isEmpty }.flatMap { title, names in
      ["\(title): \(names.count)"] + Self.listed(names)
    }
    guard let assumed else { return lines.isEmpty ? ["It is the same as now."] : lines }
    return Self.basis(assumed) + (lines.isEmpty ? ["Against that nothing changes."] : lines)
  }

  private static func listed(_ names: [String]) -> [String] {
    let rest = names.count - mostListed
    return names.prefix(mostListed).map { "  \($0)" } + (rest > 0 ? ["  and \(rest) more"] : [])
  }

  /// With what is compared, where the present state is not known.
  private static func basis(_ assumed: AssumedState) -> [String] {
    let kept = assumed.generation
    let start =
      "The present store cannot be read: this compares with generation \(kept.name) of "
      + "\(kept.writtenAt.iso.prefix(19))Z"
    guard let later = assumed.later else {
      return [
        "\(start). There is no audit log to tell what was changed after that: a key that was revoked "
          + "then works again."
      ]
    }
    let lacking = "a key that was revoked by a change which the log does not tell works again."
    guard !later.isEmpty else {
      return ["\(start). The audit log tells of no change after that; \(lacking)"]
    }
    let changes = later.suffix(mostListed).map { event in
      let words = ["time", "event", "user", "key_id"].compactMap { event[$0]?.stringValue }
      return "  \(words.joined(separator: "  "))"
    }
    let rest = later.count - changes.count
    return [
      "\(start), and with what the audit log tells since, which is undone but for revocations:"
    ] + (rest > 0 ? ["  \(rest) earlier ones"] : []) + changes
      + (assumed.lacksChanges ? ["It does not tell of every change: \(lacking)"] : [])
  }

  private func named(_ id: String) -> String {
    keyNames[id].map { "\(id) \($0)" } ?? id
  }

  /// `: enabled no → yes, end never → 2026-03-31T12:00:00Z`.
  private func fields(of record: String) -> String {
    guard let change = changes.first(where: { $0["of"]?.stringValue == record }),
      let fields = change["fields"]?.objectValue?.members, !fields.isEmpty
    else { return "" }
    let words = fields.map { name, value in
      let (before, after) = (value.before ?? .null, value.after ?? .null)
      return "\(Self.word(for: name)) \(Self.text(before, name)) → \(Self.text(after, name))"
    }
    return ": \(words.joined(separator: ", "))"
  }

  private static func word(for field: String) -> String {
    switch field {
    case "expires_at": "end"
    case "key_name": "name"
    case "api_keys": "keys"
    case "mcp_allowed": "allowed"
    case "mcp_blocked": "blocked"
    default: field
    }
  }

  private static func text(_ value: JSONValue, _ field: String) -> String {
    let text =
      switch value {
      case .null: field == "expires_at" ? "never" : "none"
      case .bool(let value): value ? "yes" : "no"
      case .string(let text):
        Timestamp(parsing: text).map { "\($0.iso.prefix(19))Z" } ?? text
      case .array(let elements):
        elements.isEmpty
          ? "none" : elements.map { $0.stringValue ?? $0.text }.joined(separator: " ")
      default: value.text
      }
    return text.count > longestValue ? "\(text.prefix(longestValue))…" : text
  }
}
