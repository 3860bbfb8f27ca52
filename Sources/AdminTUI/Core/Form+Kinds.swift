import GatewayKit

/// The forms that there are.
extension Form {
  /// Ready-made lives of a key, and the days that they stand for; the last is what is typed.
  static let lives: [(title: String, days: String?)] = [
    ("7 d", "7"), ("30 d", "30"), ("90 d", "90"), ("1 y", "365"), ("never", ""), ("other", nil),
  ]

  private static let life = [
    Field(name: .life, label: "Expires", content: .choice(lives.map(\.title), 2)),
    text(.days, "  in days", "90", limit: 4, hint: "1 to 3,650; empty: never"),
  ]

  static func newUser(_ backends: [String]) -> Form {
    Form(
      .newUser, title: "New user", saveLabel: "Create",
      [
        text(.username, "Username", limit: 64, hint: "letters, digits . _ -   1 to 64"),
        text(.email, "Email"), text(.description, "Description"),
        Field(name: .enabled, label: "Enabled", content: .flag(true)),
        Field(
          name: .access, label: "Access",
          content: .choice(["all", "chosen", "copy of user"], 0)),
        text(.accessList, "  which", hint: backends.prefix(12).joined(separator: " ")),
        text(.metadata, "Metadata", hint: "key=value, key=value"),
        Field(name: .firstKey, label: "First key", content: .flag(true), hint: "generate one now"),
      ] + life)
  }

  static func edit(_ user: User) -> Form {
    Form(
      .editUser(user), title: "Edit \(user.username)", saveLabel: "Save",
      [
        text(.email, "Email", user.email ?? ""),
        text(.description, "Description", user.description ?? ""),
        Field(name: .enabled, label: "Enabled", content: .flag(user.isEnabled)),
        text(.metadata, "Metadata", Metadata.text(user.metadata), hint: "key=value, key=value"),
      ])
  }

  static func newKey(for user: User) -> Form {
    Form(
      .newKey(user), title: "Generate key for \(user.username)", saveLabel: "Generate",
      [text(.keyName, "Name", limit: 128, hint: "empty: the next free key-1, key-2 …")] + life)
  }

  static func rename(_ key: APIKey) -> Form {
    Form(
      .renameKey(key), title: "Rename \(key.name)", saveLabel: "Rename",
      [text(.keyName, "Name", key.name, limit: 128)])
  }

  static func extend(_ keys: [APIKey]) -> Form {
    let what =
      keys.count == 1 ? "\(keys[0].name) of \(keys[0].username)" : Wording.count(keys.count, "key")
    return Form(.extendKeys(keys), title: "Another end for \(what)", saveLabel: "Set", life)
  }

  static func export(_ table: Table, to path: String) -> Form {
    Form(
      .export(table), title: "Export \(Wording.count(table.rows.count, table.noun))",
      saveLabel: "Write",
      [
        Field(
          name: .format, label: "Format", content: .choice(Table.Format.allCases.map(\.rawValue), 0)
        ),
        text(.path, "File", path, hint: "a new file that only you can read"),
      ])
  }

  private static func text(
    _ name: Name, _ label: String, _ text: String = "", limit: Int = 512, hint: String = ""
  ) -> Field {
    Field(name: name, label: label, content: .text(TextInput(text, limit: limit)), hint: hint)
  }
}
