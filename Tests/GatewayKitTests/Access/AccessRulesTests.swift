import Testing

@testable import GatewayKit

@Suite("What the lists decide")
struct AccessRulesTests {
  private func rules(allow: [String] = [], block: [String] = []) throws -> AccessRules {
    AccessRules(
      allowed: try allow.map { try AccessEntry($0) }, blocked: try block.map { try AccessEntry($0) }
    )
  }

  private func decide(_ rules: AccessRules, _ backend: String, _ name: String) -> Decision {
    var name = name
    return name.withUTF8 {
      rules.decide(.named(BackendID(backend), name: UnsafeRawBufferPointer($0)))
    }
  }

  @Test func emptyListsMeanEverythingButUnknownMethods() throws {
    let rules = try rules()
    #expect(rules.isUnrestricted)
    #expect(rules.reaches(BackendID("erpnext")))
    #expect(decide(rules, "erpnext", "get_invoice") == .allow(.open))
    #expect(rules.decide(.unknown) == .deny(.unknownMethod))
  }

  @Test func anAllowListMeansOnlyThose() throws {
    let rules = try rules(allow: ["erpnext"])
    #expect(rules.reaches(BackendID("erpnext")))
    #expect(rules.decide(.reach(BackendID("wave"))) == .deny(.notInAllowList))
    #expect(decide(rules, "wave", "x") == .deny(.notInAllowList))
    #expect(!rules.reaches(BackendID("ERPNext")), "case matters")
    #expect(!rules.reaches(BackendID("erpnext2")))
  }

  @Test func blockWinsOverAllowAlways() throws {
    let rules = try rules(allow: ["erpnext", "wave/pay"], block: ["erpnext", "wave/p*"])
    #expect(!rules.reaches(BackendID("erpnext")))
    #expect(!decide(rules, "erpnext", "get").isAllowed)
    #expect(rules.reaches(BackendID("wave")), "it is not blocked whole")
    #expect(decide(rules, "wave", "pay") == .deny(.blocked(try AccessEntry("wave/p*"))))
  }

  @Test func aPatternGivesItsToolsAndNoOthers() throws {
    let rules = try rules(allow: ["truenas/get_*"])
    #expect(rules.reaches(BackendID("truenas")))
    #expect(decide(rules, "truenas", "get_pools").isAllowed)
    #expect(decide(rules, "truenas", "get_").isAllowed)
    #expect(!decide(rules, "truenas", "delete_pool").isAllowed)
    #expect(!decide(rules, "truenas", "forget_pool").isAllowed, "the whole name has to match")
    #expect(!decide(rules, "truenas", "GET_pools").isAllowed)
    #expect(!decide(rules, "truenas", "truenas://get_pools").isAllowed)
  }

  @Test("a star alone is the backend itself", arguments: ["truenas", "truenas/*", "truenas/**"])
  func stars(entry: String) throws {
    let allowing = try rules(allow: [entry])
    #expect(decide(allowing, "truenas", "truenas://pool/1").isAllowed)
    #expect(decide(allowing, "truenas", "").isAllowed)
    let blocking = try rules(block: [entry])
    #expect(!blocking.reaches(BackendID("truenas")))
  }

  @Test(
    "patterns match whole names, / among them",
    arguments: [
      ("a/*", "b", true), ("a/x?z", "xyz", true), ("a/x?z", "xz", false), ("a/x?z", "xyyz", false),
      ("a/?", "/", true), ("a/truenas://*/1", "truenas://pool/a/1", true),
      ("a/*b*c", "xxbyyc", true), ("a/*b*c", "xxbyycd", false), ("a/?", "é", true),
      ("a/??", "é", false), ("a/*é", "caé", true), ("a/a*a", "a", false), ("a/[ab]", "a", false),
      ("a/[ab]", "[ab]", true), ("a/x", "X", false), ("a/x", "x\u{0}", false),
      ("a/*?", "", false), ("a/*??é", "éaé", true), ("a/???é", "éaé", false),
      ("a/x/*", "x/y/z", true),
    ])
  func patterns(entry: String, name: String, matches: Bool) throws {
    #expect(decide(try rules(allow: [entry]), "a", name).isAllowed == matches)
    #expect(decide(try rules(block: [entry]), "a", name).isAllowed == !matches)
  }

  @Test func aHostilePatternTakesNoLongTime() throws {
    let pattern = String(repeating: "*a", count: 100)
    let name = String(repeating: "a", count: 4000) + "b"
    let start = ContinuousClock.now
    #expect(!decide(try rules(allow: ["x/\(pattern)"]), "x", name).isAllowed)
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func namesThatNoBackendHasNeverWidenAnything() throws {
    #expect(!(try rules(allow: ["nowhere"])).reaches(BackendID("erpnext")))
    #expect(try rules(block: ["nowhere"]).reaches(BackendID("erpnext")))
    // As an old file may have them.
    for text in ["", "/", "/x", "x/"] {
      let odd = AccessRules(allowed: [AccessEntry(stored: text)], blocked: [])
      #expect(!odd.reaches(BackendID("erpnext")), "\(text)")
      #expect(!decide(odd, "erpnext", "x").isAllowed)
    }
  }

  @Test(
    "an entry that means nothing is refused",
    arguments: [
      ("", "empty"), ("/x", "no backend"), ("x/", "nothing follows"), ("a\nb", "control"),
      ("a\u{85}b", "control"), (String(repeating: "a", count: 257), "longer than 256"),
      ("*", "only after a slash"), ("erp*", "only after a slash"), ("?/x", "only after a slash"),
    ])
  func entries(text: String, words: String) {
    do {
      _ = try AccessEntry(text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.reason.contains(words))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func anEntryIsPrintedAsItWasWritten() throws {
    for text in ["erpnext", "erpnext/get_*", "truenas/truenas://x/*", "a/\u{308}b"] {
      #expect(try AccessEntry(text).description == text)
      #expect(AccessEntry(stored: text) == (try AccessEntry(text)))
    }
    #expect(try AccessEntry("a/\u{308}b").backend == "a")
    #expect(try AccessEntry(String(repeating: "é", count: 128)).backend.utf8.count == 256)
  }

  @Test func theReasonsAreWords() throws {
    let rules = try rules(allow: ["a/x"], block: ["b"])
    #expect("\(decide(rules, "a", "x"))".contains("a/x"))
    guard case .deny(let rule) = rules.decide(.reach(BackendID("b"))),
      case .deny(let other) = rules.decide(.reach(BackendID("c")))
    else {
      Issue.record("allowed")
      return
    }
    #expect("\(rule)" == "the block entry b")
    #expect("\(other)" == "there is an allow list, and it is not in it")
  }
}
