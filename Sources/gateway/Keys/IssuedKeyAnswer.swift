import GatewayKit

/// The one time that a key is printed.
enum IssuedKeyAnswer {
  static let note = "Save this key immediately — it will not be shown again"

  /// The key alone stands on the first line, so that scripts can take it.
  static func print(_ issued: IssuedKey, status: String, _ options: CommonOptions) {
    let key = issued.key
    options.answer(
      [
        "status": .string(status), "username": .string(key.username),
        "api_key": .string(issued.secret), "key_id": .string(key.id), "key_name": .string(key.name),
        "expires_at": key.expiresAt.map { .string($0.iso) } ?? .null, "note": .string(note),
      ],
      """
      \(issued.secret)
      \(note).
      key \(key.id), \(TerminalText.line("\(key.username)/\(key.name)")), expires \(key.expiresAt?.shown ?? "never")
      """)
  }
}
