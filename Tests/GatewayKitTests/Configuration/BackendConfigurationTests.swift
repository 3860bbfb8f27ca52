import Testing

@testable import GatewayKit

@Suite struct BackendConfigurationTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private func backend(_ json: String) throws -> BackendConfiguration {
    let configuration = try folder.load(json: "{\"mcpServers\": {\"b\": \(json)}}")
    return try #require(configuration.backends.first)
  }

  private func refusal(_ json: String) throws -> String {
    try folder.refusal(json: "{\"mcpServers\": {\"b\": \(json)}}")
  }

  @Test func anHTTPBackendIsTakenApartAndItsVariablesAreFilledIn() throws {
    folder.environment["TOKEN"] = "t0ken"
    let backend = try backend(
      #"{"url": "http://10.0.0.25:8081/mcp?x=1", "headers": {"Authorization": "Bearer ${TOKEN}", "X-Two": "${NOT_SET:-fallback}"}}"#
    )
    guard case .http(let url, let headers) = backend.transport else {
      Issue.record("not HTTP")
      return
    }
    #expect(url.host == "10.0.0.25")
    #expect(url.port == 8081)
    #expect(url.path == "/mcp?x=1")
    #expect(!url.isTLS)
    #expect(url.authority == "10.0.0.25:8081")
    #expect(
      headers == [
        BackendHeader(name: "Authorization", value: "Bearer t0ken"),
        BackendHeader(name: "X-Two", value: "fallback"),
      ])
    #expect(backend.prefix == "b__")
    #expect(backend.timeout == .seconds(60))
    #expect(backend.unavailable == nil)
    #expect(!backend.disabled)
  }

  @Test func aStdioBackendKeepsItsArgumentsAndEnvironment() throws {
    folder.environment["REPO"] = "/srv/repo"
    let backend = try backend(
      #"{"type": "stdio", "command": "uvx", "args": ["mcp-server-git", "--path=${env:REPO}"], "env": {"GIT_DIR": "${REPO}", "N": 3, "B": true}}"#
    )
    #expect(
      backend.transport
        == .stdio(
          command: "uvx", arguments: ["mcp-server-git", "--path=/srv/repo"],
          environment: ["GIT_DIR": "/srv/repo", "N": "3", "B": "true"], directory: nil))
  }

  @Test func serversIsReadAsMcpServersAndTheOrderOfTheFileIsKept() throws {
    let configuration = try folder.load(
      json:
        #"{"servers": {"z": {"url": "http://z/"}, "a": {"url": "http://a/"}}, "mcpServers": {"m": {"command": "m"}}}"#
    )
    #expect(configuration.backends.map(\.name) == ["z", "a", "m"])
    #expect(configuration.warnings.isEmpty)
  }

  @Test func anUnsetVariableKeepsTheBackendFromStartingAndSaysWhy() throws {
    #expect(
      try backend(#"{"url": "http://x/", "headers": {"Authorization": "Bearer ${ERP_TOKEN}"}}"#)
        .unavailable == "the variable ERP_TOKEN is not set")
    #expect(
      try backend(#"{"url": "${A}/mcp", "headers": {"X": "${input:erp-token}"}}"#).unavailable
        == "the variables A, ERP_TOKEN are not set")
    folder.environment["ERP_TOKEN"] = ""
    #expect(
      try backend(#"{"command": "x", "args": ["${ERP_TOKEN}"]}"#).unavailable
        == "the variable ERP_TOKEN is not set")
  }

  @Test func anInputAsksForTheVariableOfItsName() throws {
    folder.environment["ERP_TOKEN"] = "abc"
    let backend = try backend(#"{"command": "x", "args": ["${input:erp-token}"]}"#)
    #expect(
      backend.transport
        == .stdio(command: "x", arguments: ["abc"], environment: [:], directory: nil))
  }

  @Test func aDisabledBackendStaysListed() throws {
    #expect(try backend(#"{"command": "x", "disabled": true}"#).disabled)
  }

  @Test func aTimeoutIsMillisecondsOrHasAUnitAndASmallNumberWarns() throws {
    #expect(try backend(#"{"command": "x", "timeout": 30000}"#).timeout == .seconds(30))
    #expect(try backend(#"{"command": "x", "timeout": "5m"}"#).timeout == .seconds(300))
    let configuration = try folder.load(
      json: #"{"mcpServers": {"b": {"command": "x", "timeout": 60}}}"#)
    #expect(configuration.backends[0].timeout == .milliseconds(60))
    #expect(configuration.warnings.first?.hasSuffix("write \"60s\" for seconds") == true)
    for wrong in ["0", "-1", "\"soon\"", "1e9", "true", "\"2d\""] {
      #expect(
        try refusal("{\"command\": \"x\", \"timeout\": \(wrong)}").contains(
          "its \"timeout\" must be"),
        "\(wrong)")
    }
  }

  @Test func theFirstByteLimitIsEveryBackendsTimeoutUnlessItHasItsOwn() throws {
    let configuration = try folder.load(
      json:
        #"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "x", "timeout": "1s"}}, "gateway": {"limits": {"firstByteTimeout": "9s"}}}"#
    )
    #expect(configuration.backends.map(\.timeout) == [.seconds(9), .seconds(1)])
  }

  @Test func thePrefixMayBeEmptyAndTheBreakerTuned() throws {
    let backend = try backend(
      #"{"command": "x", "prefix": "", "breaker": {"failures": 2, "pause": "5s"}}"#)
    #expect(backend.prefix == "")
    #expect(backend.breaker.failures == 2)
    #expect(backend.breaker.pause == .seconds(5))
    #expect(try refusal(#"{"command": "x", "prefix": "a b"}"#).contains("its \"prefix\" must be"))
    #expect(try refusal(#"{"command": "x", "breaker": {"fail": 1}}"#).contains("not \"fail\""))
  }

  @Test(arguments: [
    ("erpnext", "erpnext"), ("Home.Assistant_2", "Home.Assistant_2"),
    ("Home Assistant", "Home-Assistant"), ("a__b", "a--b"), ("a___b", "a---b"),
    ("_a_b_", "_a_b_"), ("Büro", "B-ro"), ("x/y", "x-y"), ("..", "--"), ("é\u{301}", "-"),
  ])
  func aNameThatCannotBeOneIsKeptAsTitleAndGetsHyphens(title: String, name: String) {
    #expect(BackendName.make(from: title) == name)
  }

  @Test func aTitleIsKeptOnlyWhereTheNameDiffers() throws {
    let configuration = try folder.load(
      json:
        #"{"mcpServers": {"Home Assistant": {"command": "x"}, "wave": {"command": "x"}, "t": {"command": "x", "title": "Tee"}}}"#
    )
    #expect(configuration.backends.map(\.name) == ["Home-Assistant", "wave", "t"])
    #expect(configuration.backends.map(\.title) == ["Home Assistant", nil, "Tee"])
    #expect(configuration.backends[0].prefix == "Home-Assistant__")
  }

  @Test func anEmptyOrOverlongNameIsRefused() throws {
    for name in ["", String(repeating: "x", count: 41)] {
      #expect(
        try folder.refusal(json: "{\"mcpServers\": {\"\(name)\": {\"command\": \"x\"}}}")
          .contains("needs a name of 1 to 40 characters"), "\(name)")
    }
  }

  @Test func twoNamesThatMeetAreRefusedNamingBothLines() throws {
    #expect(
      try folder.refusal(
        json: "{\"mcpServers\": {\n\"a b\": {\"command\": \"x\"},\n\"a-b\": {\"command\": \"y\"}}}")
        == "gateway.json:3: backend \"a-b\" and \"a b\" (line 2) would both be called \"a-b\"; rename one."
    )
    #expect(
      try folder.refusal(
        json: #"{"mcpServers": {"x": {"command": "x"}}, "servers": {"x": {"command": "x"}}}"#
      )
      .contains("would both be called \"x\""))
  }

  @Test(arguments: [
    (#"3"#, "must be an object with \"url\" or \"command\""),
    (#"{}"#, "has neither \"url\" nor \"command\""),
    (#"{"url": "http://x/", "command": "x"}"#, "stands beside \"command\""),
    (#"{"type": "http", "command": "x"}"#, "needs a \"url\""),
    (#"{"type": "stdio", "url": "http://x/"}"#, "needs a \"command\""),
    (
      #"{"type": "ws", "url": "http://x/"}"#,
      "backend \"b\" is wrong: its \"type\" must be \"http\" (or \"streamable-http\"), \"sse\" or \"stdio\""
    ),
    (#"{"url": "ftp://x/"}"#, "must begin with http:// or https://"),
    (#"{"url": "http://user:pass@x/"}"#, "carries a user name or password"),
    (#"{"url": "http://x/#f"}"#, "has a fragment"),
    (#"{"url": "http://x y/"}"#, "holds a space"),
    (#"{"url": "http://x:99999/"}"#, "host or port is not valid"),
    (#"{"url": "http:///mcp"}"#, "host or port is not valid"),
    (#"{"url": "http://x/", "headers": {"Content-Length": "1"}}"#, "which the gateway sets itself"),
    (#"{"url": "http://x/", "headers": {"Mcp-Session-Id": "1"}}"#, "which the gateway sets itself"),
    (#"{"url": "http://x/", "headers": {"a b": "1"}}"#, "cannot be a header's name"),
    (#"{"url": "http://x/", "headers": {"A": 1}}"#, "must hold texts"),
    (#"{"url": "http://x/${", "headers": {}}"#, "without its \"}\""),
    (#"{"command": ""}"#, "its \"command\" is empty"),
    (#"{"command": "x", "args": "y"}"#, "its \"args\" must be a list of texts"),
    (#"{"command": "x", "args": [1]}"#, "its \"args\" must be a list of texts"),
    (#"{"command": "x", "env": {"A=B": "1"}}"#, "cannot be a variable's name"),
    (#"{"command": "x", "disabled": "no"}"#, "must be true or false"),
  ])
  func aBackendThatCannotBeUnderstoodIsRefusedWithItsReason(json: String, part: String) throws {
    let text = try refusal(json)
    #expect(text.hasPrefix("gateway.json:1: backend \"b\""), "\(text)")
    #expect(text.contains(part), "\(text)")
  }

  @Test func aVariableWithALineBreakNeverReachesAHeader() throws {
    folder.environment["EVIL"] = "x\r\nX-Injected: 1"
    let backend = try backend(#"{"url": "http://x/", "headers": {"A": "${EVIL}"}}"#)
    #expect(backend.unavailable?.contains("line break") == true)
    #expect(backend.unavailable?.contains("Injected") == false)
  }

  @Test func theOlderSSETransportGivesEachSessionAConnection() throws {
    let backend = try backend(#"{"type": "sse", "url": "http://x/sse", "headers": {"A": "b"}}"#)
    guard case .sse(let url, let headers) = backend.transport else {
      Issue.record("it is \(backend.transport)")
      return
    }
    #expect(url.path == "/sse" && headers.map(\.name) == ["A"])
    #expect(backend.isolatesSessions && backend.mostIsolated == 1000)
  }

  @Test func sessionsAreSharedUnlessTheyAreToBeIsolated() throws {
    #expect(try !backend(#"{"command": "x"}"#).isolatesSessions)
    let isolated = try backend(
      #"{"command": "x", "sessions": "isolated", "processes": 3, "onLostSession": "end"}"#)
    #expect(isolated.isolatesSessions && isolated.mostIsolated == 3)
    #expect(isolated.onLostSession == .end)
    for wrong in [
      #"{"command": "x", "sessions": "mine"}"#, #"{"command": "x", "processes": 0}"#,
      #"{"command": "x", "onLostSession": "?"}"#,
    ] {
      #expect(throws: ConfigurationError.self) { try backend(wrong) }
    }
  }

  @Test(arguments: [
    (
      #""url": "http://x/", "sessions": "isolated""#,
      "\"sessions\" has no meaning for an HTTP backend, unless"
    ),
    (
      #""url": "http://x/", "processes": 3"#,
      "\"processes\" has no meaning for an HTTP backend, unless"
    ),
    (
      #""command": "x", "onLostSession": "end""#,
      "\"onLostSession\" has no meaning for a stdio backend"
    ),
    (
      #""type": "sse", "url": "http://x/", "onLostSession": "end""#,
      "\"onLostSession\" has no meaning for an SSE backend"
    ),
    (
      #""url": "http://x/", "args": []"#,
      "\"args\" has no meaning for an HTTP backend and was ignored"
    ),
    (#""url": "http://x/", "arg": []"#, "\"arg\" is not known here"),
  ])
  func whatDoesNothingForItsKindIsSaid(members: String, part: String) throws {
    let warnings = try folder.load(json: "{\"mcpServers\": {\"b\": {\(members)}}}").warnings
    #expect(warnings.count == 1 && warnings[0].contains(part), "\(warnings)")
  }

  @Test(arguments: [
    #""url": "http://x/", "onLostSession": "end", "lists": "per-session""#,
    #""command": "x", "sessions": "isolated", "processes": 3, "lists": "per-session""#,
    #""type": "sse", "url": "http://x/", "sessions": "shared", "processes": 3"#,
  ])
  func whatItsKindKnowsIsTakenInSilence(members: String) throws {
    #expect(try folder.load(json: "{\"mcpServers\": {\"b\": {\(members)}}}").warnings == [])
  }

  @Test func anAddressOfVersionSixKeepsItsBracketsOnlyInTheAuthority() throws {
    let url = try BackendURL("https://[::1]/mcp")
    #expect(url.host == "::1")
    #expect(url.port == 443)
    #expect(url.authority == "[::1]")
    #expect(try BackendURL("https://x?q").path == "/?q")
    #expect(try BackendURL("HTTP://x").path == "/")
  }
}
