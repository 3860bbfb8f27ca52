import Testing

@testable import GatewayKit

@Suite struct AccessCommandTests {
  let folder: ConfigurationFolder

  init() throws {
    folder = try ConfigurationFolder()
    try folder.write(
      "gateway.json",
      #"{"mcpServers": {"erpnext": {"url": "http://e/mcp"}, "wave": {"url": "http://w/mcp"}, "truenas": {"command": "t", "disabled": true}}}"#
    )
    try #require(try CommandRun(["users", "create", "alice"], in: folder).exitCode == 0)
  }

  @discardableResult
  private func run(_ arguments: String...) throws -> CommandRun {
    try run(arguments, input: "")
  }

  private func run(_ arguments: [String], input: String) throws -> CommandRun {
    try CommandRun(arguments + ["--json"], in: folder, input: input)
  }

  private func texts(_ value: JSONValue?) -> [String]? {
    value?.arrayValue?.compactMap(\.stringValue)
  }

  @Test func setReplacesBothListsAndSaysTheReach() throws {
    #expect(try run("access", "show", "alice").json?["reach"]?.stringValue == "all")
    let set = try run(
      "access", "set", "alice", "--allow", "erpnext", "gone", "--block", "wave/delete_*")
    #expect(set.exitCode == 0, "\(set.errors)")
    #expect(texts(set.json?["mcp_allowed"]) == ["erpnext", "gone"])
    #expect(texts(set.json?["mcp_blocked"]) == ["wave/delete_*"])
    #expect(texts(set.json?["reach"]) == ["erpnext"])
    #expect(texts(set.json?["unknown_mcps"]) == ["gone"])
    let again = try run("access", "set", "alice", "--block", "erpnext")
    #expect(texts(again.json?["mcp_allowed"]) == [])
    #expect(texts(again.json?["reach"]) == ["wave", "truenas"])
  }

  @Test func allowBlockAndClearChangeSingleEntries() throws {
    #expect(
      texts(try run("access", "allow", "alice", "erpnext", "wave").json?["reach"]) == [
        "erpnext", "wave",
      ])
    #expect(
      texts(try run("access", "allow", "alice", "erpnext").json?["mcp_allowed"]) == [
        "erpnext", "wave",
      ])
    #expect(texts(try run("access", "block", "alice", "wave").json?["reach"]) == ["erpnext"])
    let cleared = try run("access", "clear", "alice", "wave")
    #expect(texts(cleared.json?["mcp_allowed"]) == ["erpnext"])
    #expect(texts(cleared.json?["mcp_blocked"]) == [])
    #expect(try run("access", "clear", "alice", "wave").exitCode == 3)
    #expect(try run("access", "clear", "alice").json?["reach"]?.stringValue == "all")
  }

  @Test(arguments: ["", "/x", "x/", "a\u{1}b", String(repeating: "x", count: 257)])
  func aBadEntryIsRefusedAndNothingChanges(entry: String) throws {
    let run = try run("access", "allow", "alice", entry)
    #expect(run.exitCode != 0)
    #expect(run.errorJSON?["error"]?.stringValue == "invalid_access_entry", "\(run.errors)")
    #expect(try self.run("access", "show", "alice").json?["reach"]?.stringValue == "all")
  }

  @Test func whoListsThoseThatMayUseABackendOrATool() throws {
    try run("users", "create", "bob")
    try run("access", "set", "bob", "--allow", "truenas/get_*")
    func who(_ target: String) throws -> [String]? {
      try run("access", "who", target).json?["users"]?.arrayValue?.compactMap {
        $0["username"]?.stringValue
      }
    }
    #expect(try who("erpnext") == ["alice"])
    #expect(try who("truenas") == ["alice", "bob"])
    #expect(try who("truenas/get_pool") == ["alice", "bob"])
    #expect(try who("truenas/delete_pool") == ["alice"])
    #expect(try run("access", "who", "x/").exitCode == 2)
  }

  @Test func explainNamesTheRuleTheKeysAndWhatStandsInTheWay() throws {
    try run("access", "set", "alice", "--allow", "erpnext", "--block", "erpnext/delete_*")
    func explain(_ target: String) throws -> JSONValue? {
      let run = try run("explain", "alice", target)
      #expect(run.exitCode == 0, "\(run.errors)")
      return run.json
    }
    let read = try explain("erpnext/get_invoice")
    #expect(read?["decisions"]?.arrayValue?.first?["allowed"]?.boolValue == true)
    #expect(read?["works_now"]?.boolValue == false)
    #expect(read?["obstacle"]?.stringValue?.contains("no key") == true)
    let delete = try explain("erpnext/delete_invoice")
    #expect(delete?["decisions"]?.arrayValue?.first?["allowed"]?.boolValue == false)
    #expect(
      delete?["decisions"]?.arrayValue?.first?["rule"]?.stringValue?.contains("erpnext/delete_*")
        == true)
    try run("keys", "create", "alice", "--name", "k")
    #expect(try explain("erpnext/get_invoice")?["works_now"]?.boolValue == true)
    #expect(try explain("erpnext/get_invoice")?["valid_keys"]?.arrayValue?.count == 1)
    try run("users", "disable", "alice")
    #expect(
      try explain("erpnext/get_invoice")?["obstacle"]?.stringValue?.contains("disabled") == true)
    let unknown = try explain("nowhere")
    #expect(unknown?["decisions"]?.arrayValue?.first?["allowed"]?.boolValue == false)
    #expect(
      unknown?["decisions"]?.arrayValue?.first?["backend"]?.stringValue?.contains(
        "no backend of this name")
        == true)
    #expect(try run("explain", "alice").json?["decisions"]?.arrayValue?.count == 3)
    #expect(try run("explain", "nobody").exitCode == 3)
  }

  @Test func explainSaysWhyAKeyDoesNotWork() throws {
    try run("access", "set", "alice", "--allow", "erpnext")
    let made = try run("keys", "create", "alice", "--name", "k").json
    let secret = try #require(made?["api_key"]?.stringValue)
    func explain(_ arguments: String..., exits: Int32 = 0) throws -> JSONValue? {
      let run = try run(["explain", "--key", "-"] + arguments, input: secret + "\n")
      #expect(run.exitCode == exits, "\(run.errors)")
      #expect(!run.output.contains(secret) && !run.errors.contains(secret))
      return run.json
    }
    let works = try explain("erpnext/get_invoice")
    #expect(works?["username"] == "alice")
    #expect(works?["key_id"]?.stringValue == APIKey.id(ofSecret: secret))
    #expect(works?["works_now"] == true)
    #expect(works?["decisions"]?.arrayValue?.first?["allowed"] == true)
    #expect(try explain("wave")?["decisions"]?.arrayValue?.first?["allowed"] == false)
    try run("keys", "revoke", "alice/k", "--yes")
    #expect(try explain()?["obstacle"]?.stringValue?.contains("revoked") == true)
    #expect(try run(["explain", "--key", "-"], input: "mcpgw_x\n").exitCode == 3)
    #expect(try run(["explain", "--key", secret], input: "").exitCode == 2)
    #expect(try run(["explain"], input: "").exitCode == 2)
  }

  @Test func explainInWordsBeginsWithTheAnswer() throws {
    try run("access", "set", "alice", "--allow", "erpnext")
    let run = try CommandRun(["explain", "alice", "wave"], in: folder)
    #expect(run.output.hasPrefix("alice may not use wave: "), "\(run.output)")
  }
}
