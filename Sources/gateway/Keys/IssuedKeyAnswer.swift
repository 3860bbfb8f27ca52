import GatewayKit

/// The one time that a key is printed.
enum IssuedKeyAnswer {
  /// The key alone stands on the first line, so that scripts can take it.
  static func print(_ issued: IssuedKey, status: String, _ options: CommonOptions) {
    let key = issued.key
    options.answer(
      issued.json(status: status),
      """
      \(issued.secret)
      \(IssuedKey.note).
      key \(key.id), \(TerminalText.line("\(key.username)/\(key.name)")), expires \(key.expiresAt?.shown ?? "never")
      """)
  }
}
