import Testing

@testable import GatewayKit

@Suite struct ConfigurationSettingTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  @Test func theFlagWinsOverTheVariableOverTheFileOverTheDefault() throws {
    #expect(try folder.load().origin(of: "listen") == .default)
    let fromFile = try folder.load(
      json: #"{"gateway": {"listen": "127.0.0.1:1", "store": "/f.json"}}"#)
    #expect(fromFile.listen.port == 1)
    #expect(fromFile.storePath == "/f.json")
    folder.environment["GATEWAY_LISTEN"] = "127.0.0.1:2"
    folder.environment["USERS_DB_PATH"] = "/v.json"
    let fromVariable = try folder.load()
    #expect(fromVariable.listen.port == 2)
    #expect(fromVariable.storePath == "/v.json")
    #expect(fromVariable.origin(of: "store") == .environment("USERS_DB_PATH"))
    let fromFlag = try folder.load {
      $0.listen = "[::1]:3"
      $0.usersDB = "f/users.json"
    }
    #expect(fromFlag.listen == ListenAddress(host: "::1", port: 3))
    #expect(fromFlag.storePath == "\(folder.path)/f/users.json")
    #expect(fromFlag.origin(of: "listen") == .flag("--listen"))
  }

  @Test(arguments: [
    "4444", ":4444", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", "::1:4444", "a b:1", "",
  ])
  func aListenAddressThatIsNoneIsAUsageError(text: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try folder.load { $0.listen = text }
    }
    #expect(error?.exitCode == 2)
    #expect(error?.description.hasPrefix("--listen: gateway.listen must be HOST:PORT") == true)
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("127.8.8.8:1", true), ("[::1]:1", true), ("localhost:1", true),
    ("[::ffff:127.0.0.1]:1", true), ("0.0.0.0:1", false), ("[::]:1", false), ("10.0.0.25:1", false),
    ("127.evil.example:1", false),
  ])
  func loopbackIsWhatOnlyThisMachineCanReach(text: String, expected: Bool) throws {
    #expect(try #require(ListenAddress(text)).isLoopback == expected)
  }

  @Test func everyBoundIsReadFromItsOwnNameAndRefusedBeyondWhatItMayBe() throws {
    try check(Limits.table, standard: Limits()) { $0.limits }
    try check(AuditSettings.table, standard: AuditSettings()) { $0.audit }
  }

  private func check<Root>(
    _ table: [BoundedSetting<Root>], standard: Root, _ root: (GatewayConfiguration) -> Root
  ) throws {
    for row in table {
      let (written, changed, wrong): (String, String, String)
      switch row.field {
      case .count(let path, let range):
        written = "\(range.lowerBound)"
        changed = "\(range.lowerBound)"
        wrong = "\(range.upperBound + 1)"
        #expect(range.contains(standard[keyPath: path]), "\(row.name)")
      case .bytes(let path, let range):
        written = "\"\(ByteSize.text(range.upperBound))\""
        changed = ByteSize.text(range.upperBound)
        wrong = "\(range.upperBound + 1)"
        #expect(range.contains(standard[keyPath: path]), "\(row.name)")
      case .time(let path, let range):
        written = "\"\(DurationText.text(range.upperBound).replacing(" ", with: ""))\""
        changed = DurationText.text(range.upperBound)
        wrong = "\"\(range.upperBound.milliseconds + 1)ms\""
        #expect(range.contains(standard[keyPath: path]), "\(row.name)")
      }
      let folder = try ConfigurationFolder()
      let configuration = try folder.load(json: "{\"gateway\": {\"\(row.name)\": \(written)}}")
      #expect(row.text(in: root(configuration)) == changed, "\(row.name)")
      #expect(configuration.origin(of: row.name)?.kind == "file", "\(row.name)")
      let refusal = try folder.refusal(json: "{\"gateway\": {\"\(row.name)\": \(wrong)}}")
      #expect(refusal.hasPrefix("gateway.json:1: gateway.\(row.name) must be "), "\(refusal)")
      let odd = try folder.refusal(json: "{\"gateway\": {\"\(row.name)\": [1]}}")
      #expect(odd.hasPrefix("gateway.json:1: gateway.\(row.name) must be "), "\(odd)")
    }
  }

  @Test(arguments: [
    (#""path": 7"#, "audit.path"), (#""path": """#, "audit.path"),
    (#""required": "yes""#, "audit.required"),
  ])
  func whatTheAuditLogCannotBeIsRefused(member: String, setting: String) throws {
    let refusal = try folder.refusal(json: "{\"gateway\": {\"audit\": {\(member)}}}")
    #expect(refusal.hasPrefix("gateway.json:1: gateway.\(setting) must be "), "\(refusal)")
  }

  @Test func theDefaultsAreThoseOfTheDesign() {
    let expected = [
      "limits.headerBytes": "16 KiB", "limits.headerLines": "100", "limits.bodyBytes": "8 MiB",
      "limits.jsonDepth": "120", "limits.connections": "10000",
      "limits.streamsPerPrincipal": "256", "limits.sessionsPerPrincipal": "2000",
      "limits.headerTimeout": "10 s",
      "limits.bodyTimeout": "60 s", "limits.idleTimeout": "75 s",
      "limits.firstByteTimeout": "60 s", "limits.catalogDeadline": "250 ms",
      "limits.drainTimeout": "8 s", "sessions.lifetime": "7 d",
      "limits.catalogGrace": "5 m", "limits.pageItems": "1000",
      "bridge.parkedCalls": "1000", "bridge.parkedTime": "10 m",
    ]
    let actual = Dictionary(
      uniqueKeysWithValues: Limits.table.map { ($0.name, $0.text(in: Limits())) })
    #expect(actual == expected)
  }

  @Test func groupsMayBeWrittenNestedOrDotted() throws {
    let nested = try folder.load(
      json:
        #"{"gateway": {"limits": {"jsonDepth": 50}, "store": {"path": "a.json", "onUnreadable": "refuse"}}}"#
    )
    #expect(nested.limits.jsonDepth == 50)
    #expect(nested.storePath == "\(folder.path)/a.json")
    #expect(nested.onUnreadableStore == .refuse)
    let dotted = try folder.load(
      json:
        #"{"gateway": {"limits.jsonDepth": 51, "store": "b.json", "store.onUnreadable": "keep"}}"#)
    #expect(dotted.limits.jsonDepth == 51)
    #expect(dotted.storePath == "\(folder.path)/b.json")
  }

  @Test func theStoreMayNotBeADatabaseOfAnotherKindOrADirectory() throws {
    #expect(
      folder.refusal { $0.usersDB = "postgres://db/gateway" }
        == "--users-db: gateway.store names a store of the kind \"postgres\", which is not in this version; "
        + "give the path of a users.json.")
    #expect(folder.refusal { $0.usersDB = "data/" }.contains("data/users.json"))
    #expect(
      try folder.refusal(json: #"{"gateway": {"store.onUnreadable": "panic"}}"#)
        .hasPrefix("gateway.json:1: gateway.store.onUnreadable must be \"keep\""))
  }

  @Test func equalOrShortKeysAreRefusedAndNeverPrinted() throws {
    folder.environment["STATIC_API_KEY"] = "0123456789abcdef"
    folder.environment["ADMIN_API_KEY"] = "fedcba9876543210"
    let configuration = try folder.load()
    #expect(configuration.staticKey == "0123456789abcdef")
    #expect(configuration.adminKey == "fedcba9876543210")
    #expect(!configuration.provenance.contains { $0.value.contains("0123456789") })
    folder.environment["ADMIN_API_KEY"] = "0123456789abcdef"
    let equal = folder.refusal()
    #expect(equal.hasPrefix("STATIC_API_KEY and ADMIN_API_KEY are equal"))
    #expect(!equal.contains("0123456789"))
    for variable in ["STATIC_API_KEY", "ADMIN_API_KEY"] {
      folder.environment["STATIC_API_KEY"] = nil
      folder.environment["ADMIN_API_KEY"] = nil
      folder.environment[variable] = "0123456789abcde"
      #expect(folder.refusal().hasPrefix("\(variable) is shorter than 16 characters"))
      #expect(!folder.refusal().contains("0123456789"))
      folder.environment[variable] = "0123456789abcdef\n"
      #expect(folder.refusal().hasPrefix("\(variable) holds a space, a line break"))
    }
  }

  @Test func severalSecretsAreSeparatedByCommasAndNoneMayBeShort() throws {
    folder.environment["GATEWAY_SECRET"] = "new-secret-new-secret,old-secret-old-secret"
    #expect(
      try folder.load().secrets
        == [Array("new-secret-new-secret".utf8), Array("old-secret-old-secret".utf8)])
    folder.environment["GATEWAY_SECRET"] = "new-secret-new-secret,"
    #expect(folder.refusal().hasPrefix("GATEWAY_SECRET holds a secret of under 16 characters"))
  }

  @Test func hostsAndOriginsAreLowerCasedAndChecked() throws {
    let configuration = try folder.load(
      json:
        #"{"gateway": {"hosts": ["MCP.example.com", "10.0.0.1"], "origins": ["HTTPS://App.example.com:8443"]}}"#
    )
    #expect(configuration.hosts == ["mcp.example.com", "10.0.0.1"])
    #expect(configuration.origins == ["https://app.example.com:8443"])
    for origin in ["null", "*", "https://x/", "https://x/path", "app.example.com"] {
      #expect(
        try folder.refusal(json: "{\"gateway\": {\"origins\": [\"\(origin)\"]}}")
          .hasPrefix("gateway.json:1: gateway.origins must hold origins"), "\(origin)")
    }
    #expect(
      try folder.refusal(json: #"{"gateway": {"hosts": ["x:80"]}}"#)
        .hasPrefix("gateway.json:1: gateway.hosts must hold host names"))
    #expect(
      try folder.refusal(json: #"{"gateway": {"hosts": "x"}}"#)
        .hasPrefix("gateway.json:1: gateway.hosts must be a list of texts and is a text"))
  }

  @Test func thePublicURLLosesItsTrailingSlashAndMustBeAnAddress() throws {
    folder.environment["GATEWAY_PUBLIC_URL"] = "https://mcp.example.com/"
    #expect(try folder.load().publicURL?.text == "https://mcp.example.com")
    folder.environment["GATEWAY_PUBLIC_URL"] = "mcp.example.com"
    #expect(folder.refusal().hasPrefix("GATEWAY_PUBLIC_URL: gateway.publicURL must be the address"))
  }

  @Test func theSocketCanBeMovedAndSwitchedOffAndMustFit() throws {
    folder.environment["GATEWAY_SOCKET"] = "s.sock"
    #expect(try folder.load().adminSocket == "\(folder.path)/s.sock")
    #expect(try folder.load { $0.adminSocket = "off" }.adminSocket == nil)
    #expect(try folder.load { $0.adminSocket = "off" }.adminSocketFallbacks == [])
    let long = "/" + String(repeating: "x", count: 120)
    #expect(
      folder.refusal { $0.adminSocket = long }.hasPrefix(
        "--admin-socket: gateway.adminSocket is 121 bytes"))
  }

  @Test func aSocketBesideADeepStoreGoesToTheRuntimeDirectoryUnderANameOfItsOwn() throws {
    let deep = "/" + String(repeating: "d", count: 120)
    folder.environment["XDG_RUNTIME_DIR"] = "/run/user/7"
    let one = try folder.load { $0.usersDB = "\(deep)/users.json" }
    let two = try folder.load { $0.usersDB = "\(deep)/other.json" }
    #expect(one.adminSocket?.hasPrefix("/run/user/7/gateway-") == true)
    #expect(one.adminSocketFallbacks.count == 1)
    #expect(one.adminSocketFallbacks.first?.hasPrefix("/run/gateway/gateway-") == true)
    #expect(one.adminSocket != two.adminSocket)
  }

  @Test func theDemoHasFourBackendsItsOwnStoreAndNoFile() throws {
    try folder.write("gateway.json", "this would not even parse")
    folder.environment["USERS_DB_PATH"] = "/srv/real/users.json"
    let configuration = try folder.load { $0.demo = true }
    #expect(configuration.isDemo)
    #expect(configuration.storePath == "\(folder.path)/data-demo/users.json")
    #expect(configuration.backends.map(\.name) == ["erpnext", "wave", "truenas", "homeassistant"])
    guard case .stdio(let command, let arguments, _, _) = configuration.backends[0].transport else {
      Issue.record("the demo's backends are not stdio")
      return
    }
    #expect(command.hasPrefix("/"))
    #expect(arguments == ["demo-server", "erpnext"])
  }

  @Test func theDemoIsRefusedOffLoopbackAndWithAFile() throws {
    #expect(
      folder.refusal {
        $0.demo = true
        $0.listen = "0.0.0.0:4444"
      }.hasPrefix("--demo listens on this machine only, and 0.0.0.0:4444 (--listen)"))
    folder.environment["GATEWAY_LISTEN"] = "10.0.0.25:4444"
    #expect(folder.refusal { $0.demo = true }.contains("(GATEWAY_LISTEN)"))
    #expect(
      folder.refusal {
        $0.demo = true
        $0.config = "x.json"
      }.hasPrefix("--demo brings its own backends"))
  }

  @Test func everySettingHasOneProvenanceLine() throws {
    let configuration = try folder.load()
    #expect(
      Set(configuration.provenance.map(\.name)).isSuperset(of: Setting.names))
    #expect(Set(configuration.provenance.map(\.name)).count == configuration.provenance.count)
  }

  @Test func whateverHoldsSecretsPrintsNone() throws {
    for (variable, secret) in [
      ("ADMIN_API_KEY", "admin"), ("STATIC_API_KEY", "static"), ("METRICS_API_KEY", "metrics"),
      ("GATEWAY_SECRET", "sealing"), ("TOKEN", "token"),
    ] {
      folder.environment[variable] = "\(secret)-0123456789abcdef"
    }
    let configuration = try folder.load(
      json: #"""
        {"mcpServers": {"a": {"url": "http://a/", "headers": {"Authorization": "Bearer ${TOKEN}"}},
          "b": {"command": "b", "args": ["--token=${TOKEN}"], "env": {"TOKEN": "${TOKEN}"}}}}
        """#)
    guard case .http(_, let headers) = configuration.backends[0].transport else {
      Issue.record("not HTTP")
      return
    }
    let holders: [Any] = [
      configuration, configuration.audit, configuration.backends, headers,
      KeySelector.secret("key-0123456789abcdef"),
    ]
    for holder in holders {
      var text = "\(holder) \(String(reflecting: holder))"
      dump(holder, to: &text)
      #expect(!text.contains("0123456789abcdef"), "\(type(of: holder))")
      #expect(!text.contains("48, 49, 50, 51"), "\(type(of: holder))")
    }
  }

  @Test func aLogThatIsRequiredCannotBeOff() throws {
    #expect(
      try folder.refusal(json: #"{"gateway": {"audit": {"path": "off", "required": true}}}"#)
        == "gateway.json:1: gateway.audit.required says that nothing is done which cannot be logged, and "
        + "gateway.audit.path is \"off\", so that nothing is logged; remove one of the two.")
    let off = try folder.load(json: #"{"gateway": {"audit": {"path": "off", "required": false}}}"#)
    #expect(!off.audit.isOn && !off.audit.isRequired)
  }

  @Test func argumentsOfABackendThatThereIsNotAreSaidToLogNothing() throws {
    let configuration = try folder.load(
      json: #"""
        {"gateway": {"audit": {"arguments": ["wave/*", "wawe/send_*", "other"]}},
          "mcpServers": {"wave": {"command": "x"}}}
        """#)
    #expect(configuration.warnings.count == 2, "\(configuration.warnings)")
    #expect(
      configuration.warnings.first?.hasSuffix(
        "gateway.json:1: gateway.audit.arguments names \"wawe/send_*\", and no backend is called "
          + "\"wawe\", so that it logs nothing; did you mean \"wave\"?") == true,
      "\(configuration.warnings)")
  }
}
