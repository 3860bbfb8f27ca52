import Testing

@testable import GatewayKit

@Suite struct ConfigurationFileTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  @Test func withoutAFileThereAreNoBackendsAndTheSearchedPlacesAreKnown() throws {
    let configuration = try folder.load()
    #expect(configuration.backends.isEmpty)
    #expect(configuration.sourceFile == nil)
    #expect(
      configuration.searchedFiles == [
        "\(folder.path)/gateway.json", "\(folder.path)/home/.config/gateway/gateway.json",
        "/etc/gateway/gateway.json",
      ])
    #expect(configuration.listen == ListenAddress(host: "127.0.0.1", port: 4444))
    #expect(configuration.storePath == "\(folder.path)/data/users.json")
    #expect(configuration.adminSocket == "\(folder.path)/data/gateway.sock")
    #expect(configuration.origin(of: "listen") == .default)
  }

  @Test func theFlagComesBeforeTheVariableBeforeTheDirectoryBeforeTheHome() throws {
    try folder.write(
      "home/.config/gateway/gateway.json", #"{"gateway": {"listen": "127.0.0.1:4"}}"#)
    #expect(try folder.load().listen.port == 4)
    try folder.write("gateway.json", #"{"gateway": {"listen": "127.0.0.1:3"}}"#)
    #expect(try folder.load().listen.port == 3)
    try folder.write("by-variable.json", #"{"gateway": {"listen": "127.0.0.1:2"}}"#)
    folder.environment["GATEWAY_CONFIG"] = "by-variable.json"
    #expect(try folder.load().listen.port == 2)
    try folder.write("by-flag.json", #"{"gateway": {"listen": "127.0.0.1:1"}}"#)
    let byFlag = try folder.load { $0.config = "by-flag.json" }
    #expect(byFlag.listen.port == 1)
    #expect(byFlag.sourceFile == "\(folder.path)/by-flag.json")
    #expect(byFlag.origin(of: "config") == .flag("--config"))
  }

  @Test func aNamedFileThatIsMissingIsAnErrorOfExitThree() throws {
    folder.environment["GATEWAY_CONFIG"] = "nowhere.json"
    let error = #expect(throws: ConfigurationError.self) { try folder.load() }
    #expect(
      error
        == .missing(path: "\(folder.path)/nowhere.json", namedBy: .environment("GATEWAY_CONFIG")))
    #expect(error?.exitCode == 3)
    #expect(
      folder.refusal { $0.config = "gone.json" }
        == "The configuration file gone.json, named by --config, does not exist; create it or name another."
    )
  }

  @Test func anEmptyVariableIsUnset() throws {
    folder.environment.merge(
      ["GATEWAY_CONFIG": "", "GATEWAY_LISTEN": "", "USERS_DB_PATH": "", "STATIC_API_KEY": ""]
    ) { $1 }
    let configuration = try folder.load()
    #expect(configuration.listen == .standard)
    #expect(configuration.staticKey == nil)
  }

  @Test func relativePathsOfTheFileAreRelativeToIt() throws {
    try folder.write(
      "etc/gateway.json",
      #"""
      {"mcpServers": {"files": {"command": "./bin/serve", "cwd": "work", "args": ["./data"]}},
       "gateway": {"store": "state/users.json"}}
      """#)
    let configuration = try folder.load { $0.config = "etc/gateway.json" }
    #expect(configuration.storePath == "\(folder.path)/etc/state/users.json")
    #expect(configuration.adminSocket == "\(folder.path)/etc/state/gateway.sock")
    #expect(
      configuration.backends.first?.transport
        == .stdio(
          command: "\(folder.path)/etc/bin/serve", arguments: ["./data"], environment: [:],
          directory: "\(folder.path)/etc/work"))
  }

  @Test func theDefaultStoreIsBesideTheFileAndAVariablesPathIsSeenFromTheWorkingDirectory() throws {
    try folder.write("etc/gateway.json", "{}")
    folder.environment["GATEWAY_CONFIG"] = "etc/gateway.json"
    #expect(try folder.load().storePath == "\(folder.path)/etc/data/users.json")
    folder.environment["USERS_DB_PATH"] = "here.json"
    #expect(try folder.load().storePath == "\(folder.path)/here.json")
  }

  @Test func commentsAndAByteOrderMarkAreAllowed() throws {
    let configuration = try folder.load(
      json: "\u{FEFF}// mine\n{/* a */ \"gateway\": {\"listen\": \"127.0.0.1:5\" // b\n}}")
    #expect(configuration.listen.port == 5)
    #expect(
      configuration.origin(of: "listen")
        == .file(FilePlace(file: "\(folder.path)/gateway.json", line: 2)))
  }

  @Test func brokenJSONIsRefusedWithItsLine() throws {
    let text = try folder.refusal(json: "{\n  \"gateway\": {\n    \"listen\": \"x\"\n")
    #expect(text.hasPrefix("gateway.json:4: this is not JSON"), "\(text)")
  }

  @Test(arguments: ["[]", "3", "\"x\"", "null"])
  func aFileThatIsNoObjectIsRefused(json: String) throws {
    #expect(
      try folder.refusal(json: json).hasPrefix(
        "gateway.json:1: the configuration must be an object"))
  }

  @Test func aMemberGivenTwiceIsRefusedWithItsLine() throws {
    #expect(
      try folder.refusal(
        json: "{\"gateway\": {\n\"listen\": \"127.0.0.1:1\",\n\"listen\": \"127.0.0.1:2\"}}")
        == "gateway.json:3: \"listen\" is given twice; remove one.")
    #expect(
      try folder.refusal(json: #"{"gateway": {"store": "a", "store.path": "b"}}"#)
        == "gateway.json:1: gateway.store is given twice; remove one.")
  }

  @Test(arguments: [
    ("lisen", "did you mean gateway.listen?"), ("publicUrl", "did you mean gateway.publicURL?"),
    ("limits.bodybyte", "did you mean gateway.limits.bodyBytes?"),
    ("bodyBytes", "did you mean gateway.limits.bodyBytes?"),
    ("zzzzzzzz", "docs/configuration.md lists them all."),
    ("adminKey", "secrets come from the environment only, this one as ADMIN_API_KEY."),
  ])
  func anUnknownSettingIsRefusedWithTheNearestKnownOne(name: String, ending: String) throws {
    let text = try folder.refusal(json: "{\n\"gateway\": {\"\(name)\": 1}}")
    #expect(text.hasPrefix("gateway.json:2: gateway.\(name) is not a setting"), "\(text)")
    #expect(text.hasSuffix(ending), "\(text)")
  }

  @Test func anUnknownMemberElsewhereIsAWarningOnce() throws {
    let configuration = try folder.load(
      json: """
        {"globalShortcut": "x",
         "mcpServers": {"a": {"command": "x",
           "autoApprove": []}}, "inputs": [], "$schema": "y"}
        """)
    #expect(
      configuration.warnings.map { $0.replacing("\(folder.path)/", with: "") } == [
        "gateway.json:1: \"globalShortcut\" is not known here and was ignored",
        "gateway.json:3: backend \"a\": \"autoApprove\" is not known here and was ignored",
      ])
  }

  @Test func aFileThatCannotBeReadIsAnErrorAndNotTakenForMissing() throws {
    try folder.write("gateway.json/inside", "")
    #expect(
      folder.refusal()
        == "The configuration file gateway.json cannot be read: Is a directory.")
  }
}
