/// Reads one server of `mcpServers`.
struct BackendReader {
  let name: String
  let file: String
  let members: [ConfigurationNode.Member]
  var expansion: VariableExpansion
  let base: String
  let home: String?
  private(set) var warnings: [(line: Int, text: String)] = []
  /// Why the backend cannot be started, found while reading.
  private var unavailable: String?

  init(
    name: String, file: String, members: [ConfigurationNode.Member], expansion: VariableExpansion,
    base: String, home: String?
  ) {
    self.name = name
    self.file = file
    self.members = members
    self.expansion = expansion
    self.base = base
    self.home = home
  }

  private static let common: Set<String> = [
    "type", "title", "timeout", "disabled", "prefix", "breaker", "lists",
  ]
  private static let address: Set<String> = ["url", "headers"]
  private static let process: Set<String> = ["command", "args", "env", "cwd"]
  /// For channels that clients share unless each session has one of its own.
  private static let channels: Set<String> = ["sessions", "processes"]
  /// For backends that have sessions of their own.
  private static let backendSessions: Set<String> = ["onLostSession"]

  mutating func read(
    as id: String, defaultTimeout: Duration
  ) throws(ConfigurationError) -> BackendConfiguration {
    let isHTTP = try readKind()
    let isEventStream = try text("type")?.lowercased() == "sse"
    warnOfStrangers(isHTTP: isHTTP, isEventStream: isEventStream)
    var backend = BackendConfiguration(
      name: id, transport: isHTTP ? try readHTTP() : try readStdio())
    if isEventStream { backend.useEventStream() }
    backend.timeout = try readTimeout() ?? defaultTimeout
    backend.title = try text("title")
    backend.disabled = try flag("disabled") ?? false
    try readPrefix(into: &backend)
    try readBreaker(into: &backend)
    try readSessions(into: &backend)
    if let variable = expansion.unset.first {
      let others = expansion.unset.count - 1
      unavailable =
        others == 0
        ? "the variable \(variable) is not set"
        : "the variables \(expansion.unset.joined(separator: ", ")) are not set"
    }
    backend.unavailable = unavailable
    return backend
  }

  /// Says which members do nothing.
  private mutating func warnOfStrangers(isHTTP: Bool, isEventStream: Bool) {
    let (kind, own) =
      switch (isHTTP, isEventStream) {
      case (false, _): ("a stdio", Self.process.union(Self.channels))
      case (true, true): ("an SSE", Self.address.union(Self.channels))
      case (true, false): ("an HTTP", Self.address.union(Self.backendSessions))
      }
    let known = Self.address.union(Self.process).union(Self.channels).union(Self.backendSessions)
    for member in members where !Self.common.contains(member.name) && !own.contains(member.name) {
      let what =
        if !known.contains(member.name) {
          "is not known here and was ignored"
        } else if isHTTP, Self.channels.contains(member.name) {
          "has no meaning for an HTTP backend, unless its url is found to speak HTTP+SSE"
        } else {
          "has no meaning for \(kind) backend and was ignored"
        }
      warnings.append((member.line, "\"\(member.name)\" \(what)"))
    }
  }

  /// Whether it is an HTTP backend, by `type` or by what stands there.
  private mutating func readKind() throws(ConfigurationError) -> Bool {
    let hasURL = member("url") != nil
    let hasCommand = member("command") != nil
    if let type = try text("type") {
      switch type.lowercased() {
      case "stdio":
        guard hasCommand else { throw wrong("type", "is \"stdio\", which needs a \"command\"") }
        return false
      case "http", "streamable-http", "streamablehttp", "streamable_http", "sse":
        guard hasURL else { throw wrong("type", "is \"\(type)\", which needs a \"url\"") }
        return true
      default:
        throw wrong(
          "type",
          "must be \"http\" (or \"streamable-http\"), \"sse\" or \"stdio\", and is \"\(type)\"")
      }
    }
    switch (hasURL, hasCommand) {
    case (true, false): return true
    case (false, true): return false
    case (true, true): throw wrong("url", "stands beside \"command\"; keep one of them")
    case (false, false):
      throw .backend(
        FilePlace(file: file, line: members.first?.line ?? 1), name: name,
        problem: "has neither \"url\" nor \"command\"; give one of them")
    }
  }

  private mutating func readHTTP() throws(ConfigurationError) -> BackendConfiguration.Transport {
    let written = try requiredText("url")
    let before = expansion.unset.count
    let url = try expanded(written, in: "url")
    let address: BackendURL
    do {
      address = try BackendURL(url)
    } catch {
      // With a variable missing there is nothing to judge: the backend stays off and says why.
      guard expansion.unset.count > before else {
        throw wrong("url", "is not usable: \(error.reason)")
      }
      address = BackendURL(unresolved: written)
    }
    var headers: [BackendHeader] = []
    for entry in try object("headers") {
      guard let written = entry.node.string else {
        throw wrong(
          "headers", "must hold texts, and \"\(entry.name)\" is \(entry.node.kindInWords)")
      }
      guard HeaderRules.isToken(entry.name) else {
        throw wrong("headers", "holds \"\(entry.name)\", which cannot be a header's name")
      }
      guard !HeaderRules.isReserved(entry.name) else {
        throw wrong("headers", "holds \"\(entry.name)\", which the gateway sets itself; remove it")
      }
      let value = try expanded(written, in: "headers")
      if !HeaderRules.isValue(value) {
        unavailable =
          "the value of the header \(entry.name) holds a line break or another control character"
      }
      headers.append(BackendHeader(name: entry.name, value: value))
    }
    return .http(url: address, headers: headers)
  }

  private mutating func readStdio() throws(ConfigurationError) -> BackendConfiguration.Transport {
    var command = try expanded(try requiredText("command"), in: "command")
    if command.contains("/") { command = FilePath.resolve(command, from: base, home: home) }
    var arguments: [String] = []
    if let args = member("args") {
      guard let texts = args.node.strings else { throw wrong("args", "must be a list of texts") }
      for text in texts { arguments.append(try expanded(text, in: "args")) }
    }
    var environment: [String: String] = [:]
    for entry in try object("env") {
      guard !entry.name.isEmpty, !entry.name.contains("="), !entry.name.contains("\0") else {
        throw wrong("env", "holds \"\(entry.name)\", which cannot be a variable's name")
      }
      switch entry.node.value {
      case .string(let text): environment[entry.name] = try expanded(text, in: "env")
      case .number(let digits): environment[entry.name] = digits
      case .bool(let value): environment[entry.name] = value ? "true" : "false"
      default:
        throw wrong("env", "must hold texts, and \"\(entry.name)\" is \(entry.node.kindInWords)")
      }
    }
    let directory = try text("cwd").map { (written) throws(ConfigurationError) in
      FilePath.resolve(try expanded(written, in: "cwd"), from: base, home: home)
    }
    let all = [command, directory ?? ""] + arguments + environment.values
    guard !all.contains(where: { $0.contains("\0") }) else {
      throw wrong("command", "or one of its arguments or variables holds a zero byte")
    }
    return .stdio(
      command: command, arguments: arguments, environment: environment, directory: directory)
  }

  /// A bare number is milliseconds, as in the clients that know `timeout`.
  private mutating func readTimeout() throws(ConfigurationError) -> Duration? {
    guard let member = member("timeout") else { return nil }
    let duration: Duration?
    switch member.node.value {
    case .string(let text): duration = DurationText.parse(text)
    case .number(let digits):
      duration = Int(digits).map { .milliseconds($0) }
      if let number = Int(digits), (1..<1_000).contains(number) {
        warnings.append(
          (
            member.line,
            "\"timeout\": \(number) is \(number) milliseconds; write \"\(number)s\" for seconds"
          ))
      }
    default: duration = nil
    }
    guard let duration, duration >= .milliseconds(1), duration <= .seconds(86_400) else {
      throw wrong(
        "timeout", "must be milliseconds, or a text with a unit such as \"60s\", up to a day")
    }
    return duration
  }

  private func readPrefix(into backend: inout BackendConfiguration) throws(ConfigurationError) {
    guard let prefix = try text("prefix", mayBeEmpty: true) else { return }
    let isGood = prefix.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isGood, prefix.utf8.count <= BackendName.longest + 2 else {
      throw wrong(
        "prefix",
        "must be at most \(BackendName.longest + 2) letters, digits, \".\", \"_\" or \"-\"")
    }
    backend.prefix = prefix
  }

  private func readBreaker(into backend: inout BackendConfiguration) throws(ConfigurationError) {
    for entry in try object("breaker") {
      switch entry.name {
      case "failures":
        guard case .number(let digits) = entry.node.value, let number = Int(digits),
          (0...1_000).contains(number)
        else { throw wrong("breaker", "needs \"failures\" from 0 (never opens) to 1000") }
        backend.breaker.failures = number
      case "pause":
        guard let pause = entry.node.string.flatMap(DurationText.parse),
          pause >= .milliseconds(100), pause <= .seconds(86_400)
        else { throw wrong("breaker", "needs a \"pause\" such as \"30s\"") }
        backend.breaker.pause = pause
      default:
        throw wrong("breaker", "knows \"failures\" and \"pause\", not \"\(entry.name)\"")
      }
    }
  }

  private func readSessions(into backend: inout BackendConfiguration) throws(ConfigurationError) {
    switch try text("sessions") {
    case nil: break
    case "shared": backend.isolatesSessions = false
    case "isolated": backend.isolatesSessions = true
    default: throw wrong("sessions", "must be \"shared\" or \"isolated\"")
    }
    if let member = member("processes") {
      guard case .number(let digits) = member.node.value, let number = Int(digits),
        (1...1_000).contains(number)
      else { throw wrong("processes", "must be a number from 1 to 1000") }
      backend.mostIsolated = number
    }
    switch try text("lists") {
    case nil, "shared": break
    case "per-session": backend.listsPerSession = true
    default: throw wrong("lists", "must be \"shared\" or \"per-session\"")
    }
    if let word = try text("onLostSession") {
      guard let choice = BackendConfiguration.OnLostSession(rawValue: word) else {
        throw wrong("onLostSession", "must be \"remake\" or \"end\"")
      }
      backend.onLostSession = choice
    }
  }

  // MARK: Members

  private func member(_ name: String) -> ConfigurationNode.Member? {
    members.first { $0.name == name }
  }

  private func text(
    _ name: String, mayBeEmpty: Bool = false
  ) throws(ConfigurationError) -> String? {
    guard let member = member(name) else { return nil }
    guard let text = member.node.string else {
      throw wrong(name, "must be a text and is \(member.node.kindInWords)")
    }
    guard mayBeEmpty || !text.isEmpty else { throw wrong(name, "is empty") }
    return text
  }

  private func requiredText(_ name: String) throws(ConfigurationError) -> String {
    guard let text = try text(name) else { throw wrong(name, "is missing") }
    return text
  }

  private func flag(_ name: String) throws(ConfigurationError) -> Bool? {
    guard let member = member(name) else { return nil }
    guard case .bool(let value) = member.node.value else {
      throw wrong(name, "must be true or false and is \(member.node.kindInWords)")
    }
    return value
  }

  private func object(
    _ name: String
  ) throws(ConfigurationError) -> [ConfigurationNode.Member] {
    guard let member = member(name) else { return [] }
    guard let members = member.node.members else {
      throw wrong(name, "must be an object and is \(member.node.kindInWords)")
    }
    return members
  }

  private mutating func expanded(
    _ text: String, in name: String
  ) throws(ConfigurationError) -> String {
    guard let result = expansion.expand(text) else {
      throw wrong(name, "has a \"${\" without its \"}\"")
    }
    return result
  }

  private func wrong(_ member: String, _ problem: String) -> ConfigurationError {
    let line = self.member(member)?.line ?? members.first?.line ?? 1
    return .backend(
      FilePlace(file: file, line: line), name: name,
      problem: "is wrong: its \"\(member)\" \(problem)")
  }
}
