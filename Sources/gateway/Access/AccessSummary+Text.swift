import GatewayKit

extension AccessSummary {
  /// For people.
  var text: String {
    var fields = FieldList()
    fields.add("user", user.username)
    fields.add(
      "allowed", user.allowed.isEmpty ? "everything" : user.allowed.joined(separator: ", "))
    fields.add("blocked", user.blocked.isEmpty ? "nothing" : user.blocked.joined(separator: ", "))
    if backends == nil {
      fields.add("reach", "not known: the configuration cannot be read")
    } else if backends == [] {
      fields.add("reach", "no backends are configured here")
    } else if reached.isEmpty {
      fields.add("reach", "nothing: every call is refused with 403")
    } else {
      fields.add("reach", reached.joined(separator: ", "))
    }
    if !unknown.isEmpty {
      fields.add(
        "unknown", "\(unknown.joined(separator: ", ")) (not configured, so without effect)")
    }
    return fields.text
  }
}
