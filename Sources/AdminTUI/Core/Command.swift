import GatewayKit

/// A line of the palette: the same words as the `gateway` command has.
struct Command: Sendable {
  enum Deed: Sendable {
    case action(Action)
    case theme(Theme)
    case mouse(Bool)
    case clock(isUTC: Bool)
    case background(isLight: Bool)
    case forgetClipboard
  }

  let text: String
  let title: String
  let deed: Deed
}

extension Model {
  /// What a text could mean, the likeliest first.
  func commands(matching text: String) -> [Command] {
    let words = text.lowercased().split(separator: " ").map { Array($0.utf8) }
    return commands.filter { command in
      let line = Array("\(command.text) \(command.title)".lowercased().utf8)
      return words.allSatisfy { Filter(String(decoding: $0, as: UTF8.self)).matches(line) }
    }
  }

  private var commands: [Command] {
    var all: [Command] = []
    func add(_ text: String, _ title: String, _ action: Action) {
      all.append(Command(text: text, title: title, deed: .action(action)))
    }
    add("users create", "a new user", .newUser)
    if let user = person?.user {
      let name = user.username
      add("keys create \(name)", "generate a key", .newKey)
      add("users edit \(name)", "e-mail, description", .edit)
      add(
        "users \(user.isEnabled ? "disable" : "enable") \(name)",
        user.isEnabled ? "stop all their keys" : "let their keys work", .toggleEnabled)
      add("users delete \(name)", "for good", .deleteUser)
      add("access show \(name)", "what they can reach", .reach)
    }
    if let key = selectedKey {
      add("keys revoke \(key.id)", "revoke \(key.name)", .revoke)
      add("keys extend \(key.id)", "another end for \(key.name)", .extend)
      add("keys rename \(key.id)", "another name for \(key.name)", .edit)
      add("keys rotate \(key.id)", "a successor for \(key.name)", .rotate)
    }
    if let backend = selectedBackend {
      add("access allow \(backend)", "allow it", .allow)
      add("access block \(backend)", "block it", .block)
      add("access clear \(backend)", "no rule of its own", .standard)
      add("access who \(backend)", "who can reach it", .reach)
    }
    for pane in Pane.allCases {
      if let action = Action.allCases.first(where: { $0.pane == pane }) {
        add(pane.title.lowercased(), "pane \(pane.rawValue)", action)
      }
    }
    if let backend = selectedBackend, pane == .backends {
      add("backends check \(backend)", "ask it from here", .check)
      add("backends tools \(backend)", "what it offers", .open)
    }
    add("backends check", "ask all from here", .checkAll)
    add("export \(pane.title.lowercased())", "csv or jsonl", .export)
    add("undo", "the last change", .undo)
    add("redo", "what was undone", .redo)
    add("history", "what was done here", .history)
    add("reload", "read the store again", .reload)
    for theme in Theme.allCases {
      all.append(
        Command(text: "set theme \(theme.rawValue)", title: "colours", deed: .theme(theme)))
    }
    all.append(Command(text: "set mouse on", title: "clicks and wheel", deed: .mouse(true)))
    all.append(
      Command(text: "set mouse off", title: "the terminal's own selection", deed: .mouse(false)))
    all.append(Command(text: "set clock utc", title: "times in UTC", deed: .clock(isUTC: true)))
    all.append(Command(text: "set clock local", title: "times here", deed: .clock(isUTC: false)))
    for isLight in [false, true] {
      all.append(
        Command(
          text: "set background \(isLight ? "light" : "dark")", title: "okabe or light colours",
          deed: .background(isLight: isLight)))
    }
    all.append(
      Command(
        text: "clipboard forget", title: "delete the key from tmux's buffers",
        deed: .forgetClipboard))
    add("help", "keys", .help)
    add("quit", "leave", .quit)
    return all
  }

  mutating func perform(_ command: Command) -> [Effect] {
    switch command.deed {
    case .action(let action): return perform(action)
    case .theme(let theme):
      self.theme = theme
      return [.repaint]
    case .mouse(let isOn): return [.setMouse(isOn)]
    case .clock(let isUTC):
      self.isUTC = isUTC
      return []
    case .background(let isLight):
      theme = isLight ? .light : .okabe
      return [.repaint]
    case .forgetClipboard: return [.forgetClipboard]
    }
  }
}
