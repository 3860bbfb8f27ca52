import GatewayKit

/// `~/.config/gateway/console.json`: how the console looks and which keys it has.
///
/// ```json
/// {"theme": "okabe", "mouse": true, "ascii": false, "clock": "utc", "keys": {"user.new": "c"}}
/// ```
struct ConsoleSettings: Sendable {
  var theme = Theme.standard
  var mouse = true
  var ascii = false
  var isUTC = false
  var background = Background.auto
  /// Frames between the marks of synchronized output (DEC mode 2026).
  var isSynchronized = false
  /// Milliseconds that a lone Esc is waited for.
  var escapeDelay = 50
  var keymap = Keymap.standard

  /// Which of the two blue and orange themes is meant.
  enum Background: String {
    case auto, dark, light
  }

  /// What is wrong in the file: a sentence.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  /// What the file in this home says; the defaults where there is none.
  static func load(_ home: String?) throws -> ConsoleSettings {
    guard let home else { return ConsoleSettings() }
    let path = "\(home)/.config/gateway/console.json"
    let bytes: [UInt8]?
    do {
      bytes = try PlainFile.read(path)
    } catch {
      throw Problem(description: "\(path) cannot be read: \(error.reason)")
    }
    return try bytes.map { try read($0, path) } ?? ConsoleSettings()
  }

  private static func read(_ bytes: [UInt8], _ path: String) throws -> ConsoleSettings {
    guard let members = (try? JSONValue.parse(bytes))?.objectValue?.members else {
      throw Problem(description: "\(path) is no JSON object")
    }
    var settings = ConsoleSettings()
    for (name, value) in members {
      func wrong(_ expected: String) -> Problem {
        Problem(description: "\(path): \(name) must be \(expected)")
      }
      switch name {
      case "theme":
        settings.theme = try theme(named: value.stringValue ?? "", from: "\(path): theme")
      case "mouse":
        guard let isOn = value.boolValue else { throw wrong("true or false") }
        settings.mouse = isOn
      case "ascii":
        guard let isOn = value.boolValue else { throw wrong("true or false") }
        settings.ascii = isOn
      case "clock":
        guard let word = value.stringValue, ["utc", "local"].contains(word) else {
          throw wrong("\"utc\" or \"local\"")
        }
        settings.isUTC = word == "utc"
      case "background":
        guard let background = value.stringValue.flatMap(Background.init) else {
          throw wrong("\"auto\", \"dark\" or \"light\"")
        }
        settings.background = background
      case "sync":
        guard let isOn = value.boolValue else { throw wrong("true or false") }
        settings.isSynchronized = isOn
      case "escdelay":
        guard let delay = value.intValue, (10...1000).contains(delay) else {
          throw wrong("10 to 1000, in milliseconds")
        }
        settings.escapeDelay = delay
      case "keys":
        guard let keys = value.objectValue else { throw wrong("an object") }
        for (action, key) in keys.members { try settings.bind(action, key, path) }
      default:
        throw Problem(
          description:
            "\(path): \(name) is no setting; there are theme, background, mouse, ascii, clock, sync, escdelay, keys"
        )
      }
    }
    return settings
  }

  /// The theme for a background that the operator, or else COLORFGBG, names.
  mutating func settle(colorFGBG: String?) {
    guard theme == .okabe else { return }
    let last = colorFGBG?.split(separator: ";").last.flatMap { Int($0) }
    let isLight =
      background == .light || background == .auto && last.map { $0 == 7 || $0 == 15 } ?? false
    if isLight { theme = .light }
    if last != nil, background == .auto { background = isLight ? .light : .dark }
  }

  private mutating func bind(_ name: String, _ value: JSONValue, _ path: String) throws {
    guard let action = Action(rawValue: name) else {
      throw Problem(
        description: "\(path): keys: \(name) is no action; there are "
          + Action.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let key = value.stringValue.flatMap({ Key(named: $0) }) else {
      throw Problem(
        description:
          "\(path): keys: \(name) must be a key, such as \"x\", \"X\", \"Ctrl-N\", \"F5\", \"Enter\""
      )
    }
    if let problem = keymap.bind(action, to: key) {
      throw Problem(description: "\(path): keys: \(problem)")
    }
  }

  static func theme(named name: String, from place: String) throws -> Theme {
    guard let theme = Theme(rawValue: name) else {
      throw Problem(
        description:
          "\(place) must be one of \(Theme.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return theme
  }
}
