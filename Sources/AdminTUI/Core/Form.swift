import GatewayKit

/// Fields that are filled in and then saved.
struct Form: Sendable {
  /// What it is for, with what it goes out from.
  enum Purpose: Sendable {
    case newUser
    case editUser(User)
    case newKey(User)
    case renameKey(APIKey)
    case extendKey(APIKey)
  }

  enum Name: Sendable {
    case username, email, description, enabled, firstKey, keyName, days
  }

  struct Field: Sendable {
    enum Content: Sendable {
      case text(TextInput)
      case flag(Bool)
    }

    let name: Name
    let label: String
    var content: Content
    /// Shown behind or below it.
    var hint = ""
    /// What is wrong with it.
    var problem: String?

    var text: String {
      if case .text(let input) = content { return input.text }
      return ""
    }
  }

  let purpose: Purpose
  let title: String
  let saveLabel: String
  var fields: [Field]
  /// The field that is typed into; behind the last one are the two buttons.
  var focus = 0
  /// What the store said of the last try.
  var refusal: String?
  /// The change that is under way.
  var saving: Int?
  var isTouched = false

  var saveIndex: Int { fields.count }
  var cancelIndex: Int { fields.count + 1 }

  func text(_ name: Name) -> String { fields.first { $0.name == name }?.text ?? "" }

  func flag(_ name: Name) -> Bool {
    guard case .flag(let isOn)? = fields.first(where: { $0.name == name })?.content else {
      return false
    }
    return isOn
  }

  // MARK: The forms

  static func newUser() -> Form {
    Form(
      purpose: .newUser, title: "New user", saveLabel: "Create",
      fields: [
        text(.username, "Username", limit: 64, hint: "letters, digits . _ -   1 to 64"),
        text(.email, "Email"), text(.description, "Description"),
        Field(name: .firstKey, label: "First key", content: .flag(true), hint: "generate one now"),
        text(.days, "Valid", "90", limit: 4, hint: "days; empty: it never expires"),
      ])
  }

  static func edit(_ user: User) -> Form {
    Form(
      purpose: .editUser(user), title: "Edit \(user.username)", saveLabel: "Save",
      fields: [
        text(.email, "Email", user.email ?? ""),
        text(.description, "Description", user.description ?? ""),
        Field(name: .enabled, label: "Enabled", content: .flag(user.isEnabled)),
      ])
  }

  static func newKey(for user: User) -> Form {
    Form(
      purpose: .newKey(user), title: "Generate key for \(user.username)", saveLabel: "Generate",
      fields: [
        text(.keyName, "Name", limit: 128, hint: "empty: the next free key-1, key-2 …"),
        text(.days, "Expires", "90", limit: 4, hint: "days; empty: it never expires"),
      ])
  }

  static func rename(_ key: APIKey) -> Form {
    Form(
      purpose: .renameKey(key), title: "Rename \(key.name)", saveLabel: "Rename",
      fields: [text(.keyName, "Name", key.name, limit: 128)])
  }

  static func extend(_ key: APIKey) -> Form {
    Form(
      purpose: .extendKey(key), title: "How long does \(key.name) of \(key.username) live?",
      saveLabel: "Set",
      fields: [text(.days, "Expires in", "90", limit: 4, hint: "days from now; empty: never")])
  }

  private static func text(
    _ name: Name, _ label: String, _ text: String = "", limit: Int = 512, hint: String = ""
  ) -> Field {
    Field(name: name, label: label, content: .text(TextInput(text, limit: limit)), hint: hint)
  }

  // MARK: Checking

  /// Looks at every field; nil when one is wrong, and the focus is on the first such.
  mutating func check() -> StoreChange? {
    for index in fields.indices { fields[index].problem = problem(of: fields[index]) }
    if let wrong = fields.firstIndex(where: { $0.problem != nil }) {
      focus = wrong
      return nil
    }
    let days = Int(text(.days)).map(KeyLifetime.days)
    func optional(_ name: Name) -> String? { text(name).isEmpty ? nil : text(name) }
    switch purpose {
    case .newUser:
      return .createUser(
        text(.username), email: optional(.email), description: optional(.description),
        firstKey: flag(.firstKey) ? .some(days) : nil)
    case .editUser(let user):
      return .editUser(
        user, email: optional(.email), description: optional(.description),
        isEnabled: flag(.enabled))
    case .newKey(let user):
      return .issueKey(user.username, named: optional(.keyName), ttl: days)
    case .renameKey(let key): return .renameKey(key, to: text(.keyName))
    case .extendKey(let key): return .extendKey(key, ttl: days)
    }
  }

  private func problem(of field: Field) -> String? {
    let text = field.text
    switch field.name {
    case .username: return Self.problem(ofUsername: text)
    case .keyName:
      if case .renameKey = purpose, text.isEmpty { return "A key has a name of 1 to 128 bytes." }
      return text.utf8.count > 128 ? "A key's name has at most 128 bytes." : nil
    case .days:
      if case .newUser = purpose, !flag(.firstKey) { return nil }
      guard !text.isEmpty else { return nil }
      guard let days = Int(text), KeyLifetime.range.contains(days) else {
        return "Valid for 1 to 3650 days, or empty for ever."
      }
      return nil
    case .email, .description:
      return text.utf8.count > 1024 ? "At most 1024 bytes." : nil
    case .enabled, .firstKey: return nil
    }
  }

  /// As the store has it, with the place of what is wrong.
  static func problem(ofUsername name: String) -> String? {
    guard !name.isEmpty else { return "A user needs a name." }
    func isPlain(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
    for (place, scalar) in name.unicodeScalars.enumerated() {
      guard !isPlain(scalar), !"._-".unicodeScalars.contains(scalar) else { continue }
      let what = scalar == " " ? "a space" : "\"\(scalar)\""
      return "Only letters, digits . _ - are allowed; there is \(what) at position \(place + 1)."
    }
    guard let first = name.unicodeScalars.first, isPlain(first) else {
      return "A name begins with a letter or a digit."
    }
    return name.utf8.count > 64 ? "A name has at most 64 letters." : nil
  }

  // MARK: Keys

  enum Outcome {
    case stays, save, cancel
  }

  mutating func take(_ key: Key) -> Outcome {
    if saving != nil { return key == .escape ? .cancel : .stays }
    switch key {
    case .escape: return .cancel
    case .control("s"): return .save
    case .tab, .down: focus = (focus + 1) % (fields.count + 2)
    case .backTab, .up: focus = (focus + fields.count + 1) % (fields.count + 2)
    case .enter:
      if focus == saveIndex { return .save }
      if focus == cancelIndex { return .cancel }
      focus += 1
    case .left where focus == cancelIndex: focus = saveIndex
    case .right where focus == saveIndex: focus = cancelIndex
    default: type(key)
    }
    return .stays
  }

  private mutating func type(_ key: Key) {
    guard fields.indices.contains(focus) else { return }
    switch fields[focus].content {
    case .text(var input):
      guard input.take(key) else { return }
      fields[focus].content = .text(input)
    case .flag(let isOn):
      guard key == .character(" ") else { return }
      fields[focus].content = .flag(!isOn)
    }
    fields[focus].problem = nil
    refusal = nil
    isTouched = true
  }

  /// Pasted text goes into the field that is typed into, and nowhere else.
  mutating func paste(_ text: String) -> Bool {
    guard saving == nil, fields.indices.contains(focus),
      case .text(var input) = fields[focus].content
    else { return false }
    input.insert(text)
    fields[focus].content = .text(input)
    fields[focus].problem = nil
    isTouched = true
    return true
  }
}
