/// One member of `gateway` in the configuration, or one variable of the environment: a row of the
/// table in `docs/configuration.md`, which a test compares with this one.
package struct Setting: Sendable {
  /// The member inside `gateway`; nil for what only the environment can say.
  package let name: String?
  package let type: String
  package let standard: String
  /// The least and the most that a number may be.
  package let bounds: String?
  package let unit: String?
  package let flag: String?
  package let variable: String?

  package init(
    _ name: String?, type: String, standard: String, bounds: String? = nil, unit: String? = nil,
    flag: String? = nil, variable: String? = nil
  ) {
    self.name = name
    self.type = type
    self.standard = standard
    self.bounds = bounds
    self.unit = unit
    self.flag = flag
    self.variable = variable
  }

  /// Every setting, in the order that `config check` prints.
  package static let all: [Setting] =
    [
      Setting(
        "listen", type: "HOST:PORT", standard: ListenAddress.standard.description,
        flag: "--listen", variable: "GATEWAY_LISTEN"),
      Setting("publicURL", type: "URL", standard: "none", variable: "GATEWAY_PUBLIC_URL"),
      Setting("hosts", type: "list of host names", standard: "empty"),
      Setting("origins", type: "list of origins", standard: "empty"),
      Setting(
        "store", type: "path", standard: "./data/users.json", flag: "--users-db",
        variable: "USERS_DB_PATH"),
      Setting("store.onUnreadable", type: "keep or refuse", standard: "keep"),
      Setting(
        "adminSocket", type: "path or off", standard: "gateway.sock beside the store",
        flag: "--admin-socket", variable: "GATEWAY_SOCKET"),
      Setting(
        "log.format", type: "auto, text or json", standard: "auto", variable: "GATEWAY_LOG_FORMAT"),
      Setting(
        "log.level", type: "trace to critical", standard: "info", variable: "GATEWAY_LOG_LEVEL"),
      Setting("audit.path", type: "path, - or off", standard: "audit.jsonl beside the store"),
      Setting("audit.required", type: "true or false", standard: "false"),
      Setting("audit.arguments", type: "list of BACKEND/PATTERN", standard: "empty"),
    ]
    + AuditSettings.table.map { $0.setting(standard: AuditSettings()) }
    + [
      Setting("usage", type: "on or off", standard: "on"),
      Setting("metrics.users", type: "true or false", standard: "false"),
    ]
    + Limits.table.map { $0.setting(standard: Limits()) }
    + [
      Setting(
        nil, type: "path", standard: "searched", flag: "--config", variable: "GATEWAY_CONFIG"),
      Setting(nil, type: "secret", standard: "none", variable: "STATIC_API_KEY"),
      Setting(
        nil, type: "secret", standard: "admin.key beside the store", variable: "ADMIN_API_KEY"),
      Setting(nil, type: "secret", standard: "none", variable: "METRICS_API_KEY"),
      Setting(
        nil, type: "secrets, separated by commas", standard: "gateway.secret beside the store",
        variable: "GATEWAY_SECRET"),
    ]

  /// The names that the file knows.
  package static let names: [String] = all.compactMap(\.name)

  /// Settings whose members may be written as an object: `{"limits": {"bodyBytes": …}}`.
  package static let groups: Set<String> = Set(
    names.compactMap { name in
      name.firstIndex(of: ".").map { String(name[..<$0]) }
    })
}
