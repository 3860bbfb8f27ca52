/// The members of `gateway.audit`.
extension ConfigurationLoader {
  mutating func settleAudit() throws(ConfigurationError) {
    configuration.audit.secrets = configuration.secrets
    try settlePath()
    configuration.audit.isRequired = try flag("audit.required")
    if configuration.audit.isRequired, !configuration.audit.isOn,
      let node = fileSettings["audit.required"]
    {
      throw problem(
        "audit.required", node,
        "says that nothing is done which cannot be logged, and gateway.audit.path is \"off\", so that "
          + "nothing is logged; remove one of the two")
    }
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

  /// Says which of `audit.arguments` are about backends that there are not. Call with the backends read.
  mutating func checkArguments() {
    guard let node = fileSettings["audit.arguments"] else { return }
    let names = configuration.backends.map(\.name)
    for entry in configuration.audit.arguments where !names.contains(entry.backend) {
      let nearest = NearestName.of(entry.backend, in: names)
      warn(
        node.line,
        "gateway.audit.arguments names \"\(entry)\", and no backend is called \"\(entry.backend)\", so "
          + "that it logs nothing\(nearest.map { "; did you mean \"\($0)\"?" } ?? "")")
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
