extension ConfigurationLoader {
  /// Reads `mcpServers` and `servers` (the same, in another editor's spelling).
  mutating func readBackends(of root: ConfigurationNode) throws(ConfigurationError) {
    var titles: [String: (title: String, line: Int)] = [:]
    for group in root.members ?? [] where group.name == "mcpServers" || group.name == "servers" {
      guard let servers = group.node.members else {
        throw .shape(
          place(group.node),
          problem: "\"\(group.name)\" must be an object of servers by name and is "
            + group.node.kindInWords)
      }
      for server in servers {
        let backend = try readBackend(server)
        if let other = titles.updateValue((server.name, server.line), forKey: backend.name) {
          let met = FilePlace(file: configuration.sourceFile ?? "", line: server.line)
          throw .backend(
            met, name: server.name,
            problem: "and \"\(other.title)\" (line \(other.line)) would both be called "
              + "\"\(backend.name)\"; rename one")
        }
        configuration.backends.append(backend)
      }
    }
  }

  private mutating func readBackend(
    _ server: ConfigurationNode.Member
  ) throws(ConfigurationError) -> BackendConfiguration {
    let here = FilePlace(file: configuration.sourceFile ?? "", line: server.line)
    guard let name = BackendName.make(from: server.name) else {
      throw .backend(
        here, name: server.name,
        problem: "needs a name of 1 to \(BackendName.longest) characters, best of letters, digits, "
          + "\".\", \"_\" and \"-\"")
    }
    guard let members = server.node.members else {
      throw .backend(
        here, name: server.name,
        problem: "must be an object with \"url\" or \"command\" and is \(server.node.kindInWords)")
    }
    var reader = BackendReader(
      name: server.name, file: here.file, members: members,
      expansion: VariableExpansion(environment: environment), base: base, home: home)
    var backend = try reader.read(as: name, defaultTimeout: configuration.limits.firstByteTimeout)
    if name != server.name { backend.title = backend.title ?? server.name }
    for (line, text) in reader.warnings { warn(line, "backend \"\(server.name)\": \(text)") }
    return backend
  }
}
