import GatewayKit
import Glibc

/// What outlives a session of the console: keys that were shown and not said to be stored
/// (`~/.local/state/gateway/console.json`). Never a key itself.
struct ConsoleState: Sendable {
  private(set) var unconfirmed: [UnconfirmedKey] = []

  mutating func remember(_ key: UnconfirmedKey) {
    forget(key.id)
    unconfirmed = (unconfirmed + [key]).suffix(20)
  }

  mutating func forget(_ id: String) { unconfirmed.removeAll { $0.id == id } }

  // MARK: The file

  private static var path: String? {
    func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    return (value("XDG_STATE_HOME") ?? value("HOME").map { "\($0)/.local/state" })
      .map { "\($0)/gateway/console.json" }
  }

  /// Nothing where there is no file, or none of these.
  static func load() -> ConsoleState {
    guard let path, let bytes = try? PlainFile.read(path), let json = try? JSONValue.parse(bytes)
    else { return ConsoleState() }
    var state = ConsoleState()
    state.unconfirmed = (json["unconfirmed"]?.arrayValue ?? []).compactMap { key in
      guard let id = key["id"]?.stringValue, let name = key["name"]?.stringValue,
        let user = key["user"]?.stringValue,
        let time = key["shown_at"]?.stringValue.flatMap({ Timestamp(parsing: $0) })
      else { return nil }
      return UnconfirmedKey(id: id, name: name, username: user, shownAt: time)
    }
    return state
  }

  /// A disk that does not take it keeps nobody from working: it is a reminder.
  static func change(_ body: (inout ConsoleState) -> Void) {
    var state = load()
    let before = state.unconfirmed
    body(&state)
    guard state.unconfirmed != before, let path else { return }
    let keys = state.unconfirmed.map { key -> JSONValue in
      [
        "id": .string(key.id), "name": .string(key.name), "user": .string(key.username),
        "shown_at": .string(key.shownAt.iso),
      ]
    }
    let json: JSONValue = ["unconfirmed": .array(keys)]
    do {
      try Directory.create(AtomicFile.parent(of: path))
      try AtomicFile(path).replace(
        with: json.bytes, owner: AtomicFile.Owner(uid: geteuid(), gid: getegid(), mode: 0o600))
    } catch {}
  }
}
