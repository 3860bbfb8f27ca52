import Glibc

/// The state of one ``GatewayConfiguration/load(flags:environment:directory:)``.
struct ConfigurationLoader {
  let flags: ConfigurationFlags
  let environment: [String: String]
  let directory: String
  var configuration = GatewayConfiguration(storePath: "")
  /// What the file says inside `gateway`, by full name.
  var fileSettings: [String: ConfigurationNode] = [:]

  init(flags: ConfigurationFlags, environment: [String: String], directory: String) {
    self.flags = flags
    self.environment = environment.filter { !$0.value.isEmpty }
    self.directory = directory
  }

  var home: String? { environment["HOME"] }

  /// Where relative paths of the file, and the default store, start from.
  var base: String { configuration.sourceFile.map(FilePath.directory) ?? directory }

  mutating func load() throws(ConfigurationError) -> GatewayConfiguration {
    configuration.isDemo = flags.demo
    let root = try readFile()
    if let root { try readSettings(of: root) }
    try settleListen()
    try settlePublicNames()
    try settleStore()
    try settleSocket()
    try settle(Limits.table, in: \.limits)
    try settleKeys()
    try settleLog()
    try settleAudit()
    try settleUsage()
    if flags.demo {
      configuration.backends = GatewayConfiguration.demoBackends()
    } else if let root {
      try readBackends(of: root)
      checkArguments()
    }
    return configuration
  }

  // MARK: The file

  private mutating func readFile() throws(ConfigurationError) -> ConfigurationNode? {
    if flags.demo {
      if flags.config != nil {
        throw .demo(
          problem: "--demo brings its own backends and store, so it does not go with --config; "
            + "leave one of them out")
      }
      note("config", "none", .flag("--demo"))
      return nil
    }
    guard let (path, origin) = try findFile() else {
      note("config", "none", .default)
      return nil
    }
    configuration.sourceFile = path
    configuration.sourceSignature = FileSignature(path: path)
    note("config", path, origin)
    guard configuration.unreadFile == nil else { return nil }
    let bytes: [UInt8]?
    do {
      bytes = try PlainFile.read(path)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    guard let bytes else { throw .missing(path: path, namedBy: origin) }
    let root = try ConfigurationNode.parse(bytes, file: path)
    guard root.members != nil else {
      throw .shape(
        place(root),
        problem: "the configuration must be an object, such as {\"mcpServers\": {…}}, "
          + "and is \(root.kindInWords)")
    }
    return root
  }

  private mutating func findFile() throws(ConfigurationError) -> (String, SettingOrigin)? {
    if let named = flags.config {
      return (FilePath.resolve(named, from: directory, home: home), .flag("--config"))
    }
    if let named = environment["GATEWAY_CONFIG"] {
      return (
        FilePath.resolve(named, from: directory, home: home), .environment("GATEWAY_CONFIG")
      )
    }
    var places = [FilePath.resolve("gateway.json", from: directory, home: home)]
    if let home { places.append("\(home)/.config/gateway/gateway.json") }
    places.append("/etc/gateway/gateway.json")
    configuration.searchedFiles = places
    return places.first { access($0, F_OK) == 0 }.map { ($0, .default) }
  }

  /// Spreads `gateway` out into full names, and looks at what stands beside it.
  private mutating func readSettings(of root: ConfigurationNode) throws(ConfigurationError) {
    for member in root.members ?? [] {
      switch member.name {
      case "mcpServers", "servers", "inputs", "$schema": break
      case "gateway":
        guard let settings = member.node.members else {
          throw .shape(
            place(member.node),
            problem: "\"gateway\" must be an object and is \(member.node.kindInWords)")
        }
        try spread(settings, under: "")
      default:
        warn(member.line, "\"\(member.name)\" is not known here and was ignored")
      }
    }
  }

  private mutating func spread(
    _ members: [ConfigurationNode.Member], under group: String
  ) throws(ConfigurationError) {
    for member in members {
      // "store": {"path": …} says the same as "store": ….
      let name = group + member.name == "store.path" ? "store" : group + member.name
      if let inner = member.node.members, group.isEmpty, Setting.groups.contains(name) {
        try spread(inner, under: "\(name).")
        continue
      }
      guard Setting.names.contains(name) else { throw unknown(name, line: member.line) }
      guard fileSettings.updateValue(member.node, forKey: name) == nil else {
        throw .shape(place(member.node), problem: "gateway.\(name) is given twice; remove one")
      }
    }
  }

  private func unknown(_ name: String, line: Int) -> ConfigurationError {
    let place = FilePlace(file: configuration.sourceFile ?? "", line: line)
    let secrets = [
      "staticKey": "STATIC_API_KEY", "adminKey": "ADMIN_API_KEY", "secret": "GATEWAY_SECRET",
    ]
    if let secret = NearestName.of(name, in: secrets.keys.sorted()), let variable = secrets[secret]
    {
      return .shape(
        place,
        problem: "gateway.\(name) is not a setting: secrets come from the environment only, "
          + "this one as \(variable)")
    }
    return .unknownMember(
      place, name: name, nearest: NearestName.of(name, in: Setting.names + ["store.path"]))
  }

  // MARK: What the parts share

  mutating func note(_ name: String, _ value: String, _ origin: SettingOrigin) {
    configuration.provenance.append(EffectiveSetting(name: name, value: value, origin: origin))
  }

  mutating func warn(_ line: Int, _ text: String) {
    let warning = "\(configuration.sourceFile ?? ""):\(line): \(text)"
    if !configuration.warnings.contains(warning) { configuration.warnings.append(warning) }
  }

  func place(_ node: ConfigurationNode) -> FilePlace {
    FilePlace(file: configuration.sourceFile ?? "", line: node.line)
  }
}
