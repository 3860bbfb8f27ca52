import Testing

@testable import GatewayKit

@Suite struct ConfigCommandTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments, in: folder)
  }

  private func setting(_ run: CommandRun, _ name: String) -> JSONValue? {
    run.json?["settings"]?.arrayValue?.first { $0["name"]?.stringValue == name }
  }

  @Test func checkPrintsEachValueWithItsOrigin() throws {
    try folder.write(
      "gateway.json", #"{"gateway": {"listen": "127.0.0.1:1", "limits": {"jsonDepth": 64}}}"#)
    folder.environment["GATEWAY_LISTEN"] = "127.0.0.1:2"
    let run = try run("config", "check", "--users-db", "u.json", "--json")
    #expect(run.exitCode == 0)
    #expect(setting(run, "listen")?["value"]?.stringValue == "127.0.0.1:2")
    #expect(setting(run, "listen")?["from"]?.stringValue == "environment")
    #expect(
      setting(run, "limits.jsonDepth")?["where"]?.stringValue == "\(folder.path)/gateway.json:1")
    #expect(setting(run, "store")?["where"]?.stringValue == "--users-db")
    #expect(setting(run, "limits.bodyBytes")?["from"]?.stringValue == "default")
    let text = try self.run("config", "check")
    #expect(text.output.contains("GATEWAY_LISTEN"))
  }

  @Test func checkPrintsNoSecretOfKeysHeadersQueriesVariablesOrArguments() throws {
    try folder.write(
      "gateway.json",
      #"""
      {"mcpServers": {
        "a": {"url": "http://x/mcp?key=s3cret-query", "headers": {"Authorization": "Bearer s3cret-${T}"}},
        "b": {"command": "x", "args": ["--token", "s3cret-argument"], "env": {"K": "s3cret-variable"}}}}
      """#)
    folder.environment.merge(
      [
        "T": "s3cret-token", "STATIC_API_KEY": "s3cret-static-key",
        "ADMIN_API_KEY": "s3cret-admin-key",
        "GATEWAY_SECRET": "s3cret-s3cret-s3cret",
      ]) { $1 }
    for arguments in [
      ["config", "check"], ["config", "check", "--json"], ["backends", "list"],
      ["backends", "list", "--json"],
    ] {
      let run = try CommandRun(arguments, in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.contains("http://x/mcp?…"), "\(run.output)")
      #expect(!(run.output + run.errors).contains("s3cret"), "\(arguments): \(run.output)")
    }
  }

  @Test func aWrongFileExitsWithOneNamingFileAndLine() throws {
    try folder.write("gateway.json", "{\n\"gateway\": {\"lissten\": 1}}")
    let run = try run("config", "check")
    #expect(run.exitCode == 1)
    #expect(
      run.errors
        == "gateway: \(folder.path)/gateway.json:2: gateway.lissten is not a setting; did you mean gateway.listen?\n"
    )
    #expect(
      try self.run("config", "check", "--json").errorJSON?["error"]?.stringValue == "config_invalid"
    )
  }

  @Test func pathPrintsTheFileOrExitsWithThree() throws {
    let none = try run("config", "path")
    #expect(none.exitCode == 3)
    #expect(none.errors.contains("\(folder.path)/home/.config/gateway/gateway.json"))
    let file = try folder.write("gateway.json", "{}")
    #expect(try run("config", "path").output == "\(file)\n")
    #expect(try run("config", "path", "--json").json?["path"]?.stringValue == file)
    #expect(try run("config", "path", "--config", "gone.json").exitCode == 3)
  }

  @Test func namesThatATerminalWouldObeyAreWrittenOut() throws {
    try folder.write(
      "gateway.json",
      #"{"mcpServers": {"a": {"command": "x\u001b[31m\u202egnp"}}, "\u009b2J": 1}"#)
    let text = try run("config", "check")
    #expect(text.output.contains("\\u{1b}[31m\\u{202e}gnp"), "\(text.output)")
    #expect(text.output.contains("\\u{9b}2J"), "\(text.output)")
    for scalar in ["\u{1B}", "\u{202E}", "\u{9B}"] { #expect(!text.output.contains(scalar)) }
    let json = try run("config", "check", "--json")
    #expect(
      json.json?["backends"]?.arrayValue?.first?["command"]?.stringValue == "x\u{1B}[31m\u{202E}gnp"
    )
    for scalar in ["\u{1B}", "\u{202E}", "\u{9B}"] { #expect(!json.output.contains(scalar)) }
  }

  @Test func theDemoIsShownWithItsFourBackends() throws {
    let run = try run("backends", "list", "--demo", "--json")
    #expect(
      run.json?["backends"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
        == ["erpnext", "wave", "truenas", "homeassistant"])
    #expect(run.json?["running"]?.boolValue == false)
  }
}
