extension ConfigurationLoader {
  /// The strongest text that somebody gave for a setting: flag, then variable, then file.
  func text(
    _ setting: String, flag: (name: String, value: String?)? = nil, variable: String? = nil
  ) throws(ConfigurationError) -> (value: String, origin: SettingOrigin)? {
    if let flag, let value = flag.value { return (value, .flag(flag.name)) }
    if let variable, let value = environment[variable] { return (value, .environment(variable)) }
    guard let node = fileSettings[setting] else { return nil }
    guard let value = node.string else {
      throw .invalid(
        setting: setting, .file(place(node)), problem: "must be a text and is \(node.kindInWords)")
    }
    guard !value.isEmpty else {
      throw .invalid(
        setting: setting, .file(place(node)),
        problem: "is empty; leave it out to get the default")
    }
    return (value, .file(place(node)))
  }

  mutating func settleListen() throws(ConfigurationError) {
    let given = try text("listen", flag: ("--listen", flags.listen), variable: "GATEWAY_LISTEN")
    if let given {
      guard let address = ListenAddress(given.value) else {
        throw .invalid(
          setting: "listen", given.origin,
          problem: "must be HOST:PORT, such as 127.0.0.1:4444 or [::1]:4444 "
            + "(0.0.0.0:4444 for every network), and is \"\(given.value)\"")
      }
      configuration.listen = address
    }
    note("listen", "\(configuration.listen)", given?.origin ?? .default)
    if flags.demo && !configuration.listen.isLoopback {
      throw .demo(
        problem: "--demo listens on this machine only, and \(configuration.listen) "
          + "(\(given?.origin ?? .default)) can be reached from others; use 127.0.0.1, or write a "
          + "gateway.json and leave --demo out")
    }
  }

  mutating func settlePublicNames() throws(ConfigurationError) {
    let given = try text("publicURL", variable: "GATEWAY_PUBLIC_URL")
    if let given {
      var value = given.value
      while value.hasSuffix("/") { value.removeLast() }
      do throws(BackendURLError) {
        let url = try BackendURL(value)
        guard !url.path.contains("?") else { throw BackendURLError(reason: "it has a query (?…)") }
        configuration.publicURL = url
      } catch {
        throw .invalid(
          setting: "publicURL", given.origin,
          problem: "must be the address that clients use, such as https://mcp.example.com, "
            + "but \(error.reason)")
      }
    }
    note("publicURL", configuration.publicURL?.text ?? "none", given?.origin ?? .default)

    configuration.hosts = try list("hosts") { text in
      let name = text.lowercased()
      return HostAndPort.isName(name) || HostAndPort.isIPv4(name) || HostAndPort.isIPv6(name)
        ? name : nil
    } problem: {
      "must hold host names without a port, such as \"mcp.example.com\", and \"\($0)\" is none"
    }
    configuration.origins = try list("origins") {
      Self.origin($0)
    } problem: {
      "must hold origins, such as \"https://app.example.com\", without a path, and \"\($0)\" is none"
    }
  }

  /// `scheme://host[:port]` in lower case (RFC 6454 section 6.2); nil for all else, `null` and `*` too.
  private static func origin(_ text: String) -> String? {
    let lowered = text.lowercased()
    guard let mark = lowered.firstRange(of: "://"),
      lowered[..<mark.lowerBound].first?.isLetter == true,
      lowered[..<mark.lowerBound].utf8.allSatisfy({ byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 43 || byte == 45
          || byte == 46
      }),
      HostAndPort.split(lowered[mark.upperBound...]) != nil
    else { return nil }
    return lowered
  }

  mutating func list<Element: CustomStringConvertible>(
    _ setting: String, _ read: (String) -> Element?, problem: (String) -> String
  ) throws(ConfigurationError) -> [Element] {
    guard let node = fileSettings[setting] else {
      note(setting, "empty", .default)
      return []
    }
    guard let texts = node.strings else {
      throw .invalid(
        setting: setting, .file(place(node)),
        problem: "must be a list of texts and is \(node.kindInWords)")
    }
    var values: [Element] = []
    for text in texts {
      guard let value = read(text) else {
        throw .invalid(setting: setting, .file(place(node)), problem: problem(text))
      }
      values.append(value)
    }
    let shown = values.map(\.description).joined(separator: ", ")
    note(setting, values.isEmpty ? "empty" : shown, .file(place(node)))
    return values
  }

  mutating func settleStore() throws(ConfigurationError) {
    var given = try text("store", flag: ("--users-db", flags.usersDB), variable: "USERS_DB_PATH")
    // The demo never touches a store that the environment names for the real gateway.
    if flags.demo, flags.usersDB == nil { given = ("data-demo/users.json", .flag("--demo")) }
    let value = given?.value ?? "data/users.json"
    if let mark = value.firstRange(of: "://") {
      throw .invalid(
        setting: "store", given?.origin ?? .default,
        problem: "names a store of the kind \"\(value[..<mark.lowerBound])\", which is not in this "
          + "version; give the path of a users.json")
    }
    guard !value.hasSuffix("/") else {
      throw .invalid(
        setting: "store", given?.origin ?? .default,
        problem: "must be the path of a file, such as \(value)users.json, and ends in /")
    }
    let start: String
    switch given?.origin {
    case .flag, .environment: start = directory
    case .file, .default, nil: start = base
    }
    configuration.storePath = FilePath.resolve(value, from: start, home: home)
    note("store", configuration.storePath, given?.origin ?? .default)

    let policy = try text("store.onUnreadable")
    if let policy {
      guard let known = GatewayConfiguration.UnreadableStore(rawValue: policy.value) else {
        throw .invalid(
          setting: "store.onUnreadable", policy.origin,
          problem: "must be \"keep\" (go on with the last good state) or \"refuse\" (answer 503), "
            + "and is \"\(policy.value)\"")
      }
      configuration.onUnreadableStore = known
    }
    note(
      "store.onUnreadable", configuration.onUnreadableStore.rawValue, policy?.origin ?? .default)
  }

  mutating func settleSocket() throws(ConfigurationError) {
    let given = try text(
      "adminSocket", flag: ("--admin-socket", flags.adminSocket), variable: "GATEWAY_SOCKET")
    if let given {
      if given.value != "off" {
        let start: String
        if case .file = given.origin { start = base } else { start = directory }
        let path = FilePath.resolve(given.value, from: start, home: home)
        guard AdminSocketPath.fits(path) else {
          throw .invalid(
            setting: "adminSocket", given.origin,
            problem: "is \(path.utf8.count) bytes long, and a socket's path holds at most "
              + "\(AdminSocketPath.longest); choose a shorter one, such as /run/gateway/gateway.sock"
          )
        }
        configuration.adminSocket = path
      }
    } else {
      let candidates = AdminSocketPath.candidates(
        store: configuration.storePath, runtimeDirectory: environment["XDG_RUNTIME_DIR"])
      configuration.adminSocket = candidates.first
      configuration.adminSocketFallbacks = Array(candidates.dropFirst())
    }
    note("adminSocket", configuration.adminSocket ?? "off", given?.origin ?? .default)
  }

  mutating func settle<Root>(
    _ table: [BoundedSetting<Root>], in path: WritableKeyPath<GatewayConfiguration, Root>
  ) throws(ConfigurationError) {
    for row in table {
      var origin = SettingOrigin.default
      if let node = fileSettings[row.name] {
        origin = .file(place(node))
        if let problem = row.read(node, into: &configuration[keyPath: path]) {
          throw .invalid(setting: row.name, origin, problem: problem)
        }
      }
      note(row.name, row.text(in: configuration[keyPath: path]), origin)
    }
  }

  /// A setting that is false unless the file says otherwise.
  mutating func flag(_ setting: String) throws(ConfigurationError) -> Bool {
    var value = false
    var origin = SettingOrigin.default
    if let node = fileSettings[setting] {
      origin = .file(place(node))
      guard case .bool(let given) = node.value else {
        throw .invalid(setting: setting, origin, problem: "must be true or false")
      }
      value = given
    }
    note(setting, "\(value)", origin)
    return value
  }

  mutating func settleUsage() throws(ConfigurationError) {
    let given = try text("usage")
    if let given {
      guard given.value == "on" || given.value == "off" else {
        throw .invalid(
          setting: "usage", given.origin,
          problem: "must be \"on\" or \"off\", and is \"\(given.value)\"")
      }
      configuration.countsUsage = given.value == "on"
    }
    note("usage", configuration.countsUsage ? "on" : "off", given?.origin ?? .default)
    configuration.metricsTellUsers = try flag("metrics.users")
  }

  mutating func settleKeys() throws(ConfigurationError) {
    configuration.staticKey = try secret("STATIC_API_KEY")
    configuration.adminKey = try secret("ADMIN_API_KEY")
    configuration.metricsKey = try secret("METRICS_API_KEY")
    if let key = configuration.staticKey, key == configuration.adminKey {
      throw .weakSecret(
        problem: "STATIC_API_KEY and ADMIN_API_KEY are equal, so every caller would be an "
          + "administrator; choose two")
    }
    if let key = configuration.metricsKey,
      key == configuration.staticKey || key == configuration.adminKey
    {
      throw .weakSecret(
        problem: "METRICS_API_KEY is the same as STATIC_API_KEY or ADMIN_API_KEY, and opens more "
          + "than /metrics; choose another")
    }
    if let value = environment["GATEWAY_SECRET"] {
      let parts = value.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ $0.utf8.count >= Self.shortestSecret }) else {
        throw .weakSecret(
          problem: "GATEWAY_SECRET holds a secret of under \(Self.shortestSecret) characters; "
            + "make one with: openssl rand -hex 32")
      }
      configuration.secrets = parts.map { Array($0.utf8) }
      note(
        "GATEWAY_SECRET", parts.count == 1 ? "set" : "set, \(parts.count) secrets",
        .environment("GATEWAY_SECRET"))
    } else {
      note("GATEWAY_SECRET", configuration.secretPath, .default)
    }
  }

  private static let shortestSecret = 16

  private mutating func secret(_ variable: String) throws(ConfigurationError) -> String? {
    guard let value = environment[variable] else {
      note(variable, variable == "ADMIN_API_KEY" ? configuration.adminKeyPath : "none", .default)
      return nil
    }
    guard value.unicodeScalars.count >= Self.shortestSecret else {
      throw .weakSecret(
        problem: "\(variable) is shorter than \(Self.shortestSecret) characters and could be "
          + "guessed; make one with: openssl rand -hex 32")
    }
    guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw .weakSecret(
        problem: "\(variable) holds a space, a line break or a character beyond ASCII, which no "
          + "Authorization header can carry; remove it")
    }
    note(variable, "set", .environment(variable))
    return value
  }
}
