import GatewayKit

/// Fields that are filled in and then saved.
struct Form: Sendable {
  /// What it is for, with what it goes out from.
  enum Purpose: Sendable {
    case newUser
    case editUser(User)
    case newKey(User)
    case renameKey(APIKey)
    case extendKeys([APIKey])
    case export(Table)
  }

  enum Name: String, Sendable {
    case username, email, description, enabled, access, accessList, metadata, firstKey, keyName
    case life, days, format, path
  }

  struct Field: Sendable {
    enum Content: Sendable {
      case text(TextInput)
      case flag(Bool)
      /// One of them, by its place.
      case choice([String], Int)
    }

    let name: Name
    var label: String
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
  private(set) var fields: [Field]
  /// The field that is typed into; behind the last one are the two buttons.
  var focus = 0
  /// What the store said of the last try.
  var refusal: String?
  /// The change that is under way.
  var saving: Int?
  private(set) var isTouched = false

  init(_ purpose: Purpose, title: String, saveLabel: String, _ fields: [Field]) {
    self.purpose = purpose
    self.title = title
    self.saveLabel = saveLabel
    self.fields = fields
  }

  var saveIndex: Int { fields.count }
  var cancelIndex: Int { fields.count + 1 }

  /// The same, as a change of what is there now.
  func going(outFrom user: User) -> Form {
    var form = Form(.editUser(user), title: title, saveLabel: saveLabel, fields)
    form.focus = focus
    return form
  }

  mutating func take(_ content: Field.Content, at index: Int) { fields[index].content = content }

  private func field(_ name: Name) -> Field? { fields.first { $0.name == name } }

  func text(_ name: Name) -> String { field(name)?.text ?? "" }

  func flag(_ name: Name) -> Bool {
    if case .flag(let isOn)? = field(name)?.content { return isOn }
    return false
  }

  func choice(_ name: Name) -> Int {
    if case .choice(_, let place)? = field(name)?.content { return place }
    return 0
  }

  /// Whether the field matters with what is chosen now.
  func isUsed(_ field: Field) -> Bool {
    switch field.name {
    case .accessList: choice(.access) != 0
    case .life: hasKey
    case .days: hasKey && choice(.life) == Self.lives.count - 1
    default: true
    }
  }

  private var hasKey: Bool {
    if case .newUser = purpose { return flag(.firstKey) }
    return true
  }

  mutating func set(_ name: Name, to text: String) {
    guard let place = fields.firstIndex(where: { $0.name == name }),
      case .text(let input) = fields[place].content
    else { return }
    fields[place].content = .text(TextInput(text, limit: input.limit))
  }

  // MARK: Checking

  /// Looks at every field. Where one is wrong, the focus goes to the first such.
  mutating func check(_ problem: (Field) -> String?) -> Bool {
    for index in fields.indices {
      fields[index].problem = isUsed(fields[index]) ? problem(fields[index]) : nil
    }
    guard let wrong = fields.firstIndex(where: { $0.problem != nil }) else { return true }
    focus = wrong
    return false
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
    case .tab, .down: move(by: 1)
    case .backTab, .up: move(by: -1)
    case .enter:
      if focus == saveIndex { return .save }
      if focus == cancelIndex { return .cancel }
      move(by: 1)
    case .left where focus == cancelIndex: focus = saveIndex
    case .right where focus == saveIndex: focus = cancelIndex
    default: type(key)
    }
    return .stays
  }

  /// Past those that do not matter now.
  private mutating func move(by step: Int) {
    repeat {
      focus = (focus + step + fields.count + 2) % (fields.count + 2)
    } while fields.indices.contains(focus) && !isUsed(fields[focus])
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
    case .choice(let names, let place):
      guard let step = [.character(" "): 1, .right: 1, .left: -1][key] else { return }
      let new = (place + step + names.count) % names.count
      fields[focus].content = .choice(names, new)
      if fields[focus].name == .life, let days = Self.lives[new].days { set(.days, to: days) }
    }
    changed()
  }

  private mutating func changed() {
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
    changed()
    return true
  }
}
