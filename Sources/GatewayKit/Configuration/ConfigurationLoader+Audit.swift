/// The members of `gateway.audit`.
extension ConfigurationLoader {
  mutating func settleAudit() throws(ConfigurationError) {
    configuration.audit.secrets = configuration.secrets
    try settlePath()
    configuration.audit.isRequired = try flag("audit.required")
    configuration.audit.arguments = try list("audit.arguments") {
      try? AccessEntry($0)
    } problem: {
      "must hold entries such as \"erpnext/create_*\", as access lists do, and \"\($0)\" is none"
    }
    try settle(AuditSettings.table, in: \.audit)
  }

  private mutating func settlePath() throws(ConfigurationError) {
    let node = fileSettings["audit.path"]
    guard let node else {
      return note("audit.path", configuration.beside("audit.jsonl"), .default)
    }
    guard let text = node.string, !text.isEmpty else {
      throw problem("audit.path", node, "must be a path, \"-\" (standard output too) or \"off\"")
    }
    switch text {
    case "off":
      configuration.audit.isOn = false
      note("audit.path", text, origin(node))
    case "-":
      configuration.audit.isCopiedToStandardOutput = true
      note("audit.path", "\(configuration.auditPath) and standard output", origin(node))
    default:
      configuration.audit.path = FilePath.resolve(text, from: base, home: home)
      note("audit.path", configuration.auditPath, origin(node))
    }
  }

  private func origin(_ node: ConfigurationNode?) -> SettingOrigin {
    node.map { .file(place($0)) } ?? .default
  }

  private func problem(
    _ name: String, _ node: ConfigurationNode, _ problem: String
  ) -> ConfigurationError {
    .invalid(setting: name, .file(place(node)), problem: problem)
  }
}
