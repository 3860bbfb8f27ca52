import GatewayKit

extension User {
  /// The lists in a few words.
  var accessSummary: String {
    if allowed.isEmpty && blocked.isEmpty { return "everything" }
    var parts: [String] = []
    if !allowed.isEmpty { parts.append("only \(Self.short(allowed))") }
    if !blocked.isEmpty { parts.append("not \(Self.short(blocked))") }
    return parts.joined(separator: ", ")
  }

  private static func short(_ entries: [String]) -> String {
    entries.count <= 3
      ? entries.joined(separator: " ")
      : entries.prefix(2).joined(separator: " ") + " +\(entries.count - 2)"
  }
}
