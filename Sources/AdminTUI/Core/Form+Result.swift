import Foundation
import GatewayKit

/// What a filled form comes to.
extension Form {
  enum Result: Sendable {
    case change(StoreChange)
    case export(path: String, text: String)
  }

  /// Nil when a field is wrong, which then says so.
  mutating func result(_ roster: Roster, _ backends: [String]) -> Result? {
    let form = self
    guard check({ form.problem(of: $0, roster, backends) }) else { return nil }
    let days = Int(text(.days)).map(KeyLifetime.days)
    switch purpose {
    case .newUser:
      var user = StoreChange.NewUser(name: text(.username), profile: profile)
      user.isEnabled = flag(.enabled)
      if choice(.access) == 1 { user.allowed = chosen }
      if choice(.access) == 2, let other = roster.person(named: text(.accessList))?.user {
        (user.allowed, user.blocked) = (other.allowed, other.blocked)
      }
      if flag(.firstKey) { user.firstKey = .some(days) }
      return .change(.createUser(user))
    case .editUser(let user):
      return .change(.editUser(user, profile, isEnabled: flag(.enabled)))
    case .newKey(let user):
      return .change(.issueKey(user.username, named: optional(.keyName), ttl: days))
    case .renameKey(let key): return .change(.renameKey(key, to: composed(.keyName)))
    case .extendKeys(let keys):
      let changes = keys.map { StoreChange.extendKey($0, ttl: days) }
      return .change(changes.count == 1 ? changes[0] : .group(changes))
    case .export(let table):
      let format = Table.Format.allCases[choice(.format)]
      return .export(path: text(.path), text: table.text(as: format))
    }
  }

  var profile: Profile {
    Profile(
      email: optional(.email), description: optional(.description),
      metadata: Metadata.object(composed(.metadata)) ?? JSONObject())
  }

  /// As everybody else would spell it (Unicode's NFC): what is looked for later is found.
  private func composed(_ name: Name) -> String {
    text(name).precomposedStringWithCanonicalMapping
  }

  private func optional(_ name: Name) -> String? {
    let text = composed(name)
    return text.isEmpty ? nil : text
  }

  private var chosen: [String] {
    text(.accessList).split { " ,".contains($0) }.map(String.init)
  }

  // MARK: What is wrong

  private func problem(of field: Field, _ roster: Roster, _ backends: [String]) -> String? {
    let text = field.text
    switch field.name {
    case .username:
      if let taken = roster.person(named: text)?.user {
        return "\(taken.username) exists already. Choose another name."
      }
      return Self.problem(ofUsername: text)
    case .keyName:
      if case .renameKey = purpose, text.isEmpty { return "A key has a name of 1 to 128 bytes." }
      return text.utf8.count > 128 ? "A key's name has at most 128 bytes." : nil
    case .days:
      guard !text.isEmpty else { return nil }
      guard let days = Int(text), KeyLifetime.range.contains(days) else {
        return "Valid for 1 to 3,650 days, or empty for ever."
          + (text == "0" ? " \"0\" would expire at once." : "")
      }
      return nil
    case .email:
      if text.contains("@"), text.last == "@" || !text.split(separator: "@").last!.contains(".") {
        return "This is not a complete address (no domain)."
      }
      return text.utf8.count > 1024 ? "At most 1,024 bytes." : nil
    case .description: return text.utf8.count > 1024 ? "At most 1,024 bytes." : nil
    case .metadata:
      return Metadata.object(text) == nil ? "Write key=value, key=value, or a JSON object." : nil
    case .accessList:
      if choice(.access) == 2 {
        return roster.person(named: text) == nil ? "There is no user \"\(text)\"." : nil
      }
      if chosen.isEmpty { return "Name at least one backend, or choose all." }
      let unknown = chosen.first { entry in
        !backends.contains(String(entry.split(separator: "/").first ?? ""))
      }
      return unknown.map { "No backend is called \"\($0)\"." }
    case .path: return text.hasPrefix("/") ? nil : "Give the whole path, from / on."
    case .enabled, .access, .firstKey, .life, .format: return nil
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

  // MARK: What is said once it is saved

  var doneTitle: String {
    switch purpose {
    case .newUser: "\(text(.username)) created"
    case .editUser(let user): "\(user.username) changed"
    case .newKey(let user): "Key made for \(user.username)"
    case .renameKey(let key): "\(key.name) is \(text(.keyName)) now"
    case .extendKeys(let keys):
      keys.count == 1
        ? "\(keys[0].name) of \(keys[0].username) has a new end"
        : "\(Wording.count(keys.count, "key")) have a new end"
    case .export: "Written"
    }
  }

  var undo: History.Restore? {
    switch purpose {
    case .editUser(let user):
      flag(.enabled) == user.isEnabled
        ? .profile(user: user.username, Profile(of: user))
        : .group([
          .profile(user: user.username, Profile(of: user)),
          .enabled(user: user.username, user.isEnabled),
        ])
    case .renameKey(let key): .keyName(id: key.id, key.name)
    case .newUser, .newKey, .extendKeys, .export: nil
    }
  }
}
