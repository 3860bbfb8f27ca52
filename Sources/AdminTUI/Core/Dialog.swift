import GatewayKit

/// What stands over the panes and takes the keys.
enum Dialog: Sendable {
  case form(Form)
  case confirm(Confirm)
  case reveal(Reveal)
  case help
  case palette(Palette)
  case history
  /// Lines that are read: who can reach a backend, a backend's tools.
  case text(title: String, lines: [String], top: Int)
}

/// A question before something that cannot be had back.
struct Confirm: Sendable {
  let title: String
  let lines: [String]
  let keepLabel: String
  let actLabel: String
  let change: StoreChange
  /// What has to be typed; nil where one key is enough.
  var word: String?
  var typed = TextInput("", limit: 80)
  /// Keys that were on their way when it opened are not an answer to it.
  let opened: Timestamp
  var isActFocused = false

  static let deafTime = Duration.milliseconds(300)
}

/// A key that is shown once.
struct Reveal: Sendable {
  let secret: Secret
  let key: APIKey
  var isHidden = false
  /// What the clipboard said; nil before it was asked.
  var copied: CopyOutcome?
  /// Enter was pressed once without a copy.
  var isWarned = false
}

/// What is known of a copy. A terminal does not confirm one.
enum CopyOutcome: Sendable, Equatable {
  case sent(via: String, count: Int)
  case unavailable(String)
  case written(String)
}

/// What is typed behind a colon, and what it could mean.
struct Palette: Sendable {
  var input = TextInput("", limit: 200)
  var index = 0
}
