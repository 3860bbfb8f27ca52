/// What a gateway says when it is ready: where it is, where the admin key is, what to do next.
enum Banner {
  static func lines(
    _ configuration: GatewayConfiguration, port: Int, socket: String?, parts: GatewayParts
  ) -> [String] {
    let address = ListenAddress(host: configuration.listen.host, port: port)
    var lines: [String] = []
    if configuration.isDemo {
      lines.append("demo: four small MCP servers with made-up data; nothing here is real")
    }
    lines.append("MCP endpoint: http://\(address)/mcp")
    lines.append("users and keys: \(configuration.storePath)")
    lines.append("admin key: \(parts.adminKey.place)")
    if let socket { lines.append("admin socket: \(socket)") }
    if configuration.backends.isEmpty {
      let place =
        configuration.sourceFile ?? configuration.searchedFiles.first ?? "gateway.json"
      lines.append(
        "no backends: write {\"mcpServers\": {\"NAME\": {\"url\": \"http://HOST:PORT/mcp\"}}} into \(place); it is read within seconds"
      )
    }
    lines += next(configuration, address)
    lines.append("listening on http://\(address)")
    return lines
  }

  /// Three commands that lead from nothing to a call.
  private static func next(
    _ configuration: GatewayConfiguration, _ address: ListenAddress
  ) -> [String] {
    let store = "--users-db \(configuration.storePath)"
    return [
      "next:",
      "  gateway users create alice \(store)",
      "  gateway keys create alice \(store)",
      "  curl -s http://\(address)/mcp -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}'",
    ]
  }
}
