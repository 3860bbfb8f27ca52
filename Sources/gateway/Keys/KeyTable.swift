import GatewayKit

/// Keys, one a line.
enum KeyTable {
  static func text(of keys: [APIKey], _ uses: KeyUses, withUser: Bool) -> String {
    let now = Timestamp.now
    var table =
      withUser
      ? TextTable("KEY", "USER", "NAME", "STATE", "CREATED", "EXPIRES", "LAST USED")
      : TextTable("KEY", "NAME", "STATE", "CREATED", "EXPIRES", "LAST USED")
    for key in keys {
      let tail = [
        key.name, key.state(at: now).rawValue, key.createdAt.isoDate,
        key.expiresAt?.shown ?? "never", uses[key.id]?.lastUsed.shown ?? "",
      ]
      table.add([key.id] + (withUser ? [key.username] : []) + tail)
    }
    return table.text
  }
}
