import GatewayKit

/// What stands over the panes and takes the keys.
enum Dialog: Sendable {
  case form(Form)
  case confirm(Confirm)
  case reveal(Reveal)
  case help(Help)
  case palette(Palette)
  case history
  case conflict(Conflict)
  case locked(Locked)
  /// Lines that are read: who can reach a backend, a backend's tools.
  case text(TextBox)
}

/// The keys, from line `top` on, or those that match what is searched for.
struct Help: Sendable {
  var search: TextInput?
  var top = 0
}

/// Lines that are read, from `top` on.
struct TextBox: Sendable {
  let title: String
  let lines: [String]
  var top = 0
}

/// A question before something that cannot be had back, or that does more than it seems.
struct Confirm: Sendable {
  /// A thing that can be done.
  struct Choice: Sendable {
    let label: String
    let change: StoreChange
    /// What is said once it is done, without its full stop.
    let done: String
    /// What that means, said behind it.
    var advice = ""
    var undo: History.Restore?
  }

  let title: String
  let lines: [String]
  let keepLabel: String
  let act: Choice
  /// Another way, on a key of its own.
  var other: (key: Character, choice: Choice)?
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

/// Somebody else changed the field that is being saved.
struct Conflict: Sendable {
  struct Line: Sendable {
    let field: String
    let mine: String
    let theirs: String
    var isChanged: Bool { mine != theirs }
  }

  let user: User
  let lines: [Line]
  /// The form, going out from what is there now.
  let form: Form
}

/// A change that waits for another program to let go of the store.
struct Locked: Sendable {
  let error: StoreError
  let since: Timestamp
  /// The attempt that is under way.
  var number: Int
}
