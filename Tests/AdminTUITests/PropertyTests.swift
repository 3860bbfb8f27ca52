import GatewayKit
import Testing

@testable import AdminTUI

/// What holds whatever is pressed, pasted, clicked and said.
@Suite("Whatever happens") struct PropertyTests {
  /// The same numbers each time.
  struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }

  private static let keys: [Key] =
    Array("123456jkhlgG-/:?*svSyYEuUprqneNxDRwabdtofcmCVlMo 'ö漢").map { .character($0) } + [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab, .enter, .escape,
      .backspace, .delete, .control("u"), .control("d"), .control("p"), .control("r"),
      .control("s"), .control("l"), .control("z"),
    ]

  private static func message(
    _ numbers: inout Numbers, _ now: inout Timestamp, _ roster: Roster
  ) -> Message {
    switch Int.random(in: 0..<100, using: &numbers) {
    case 0:
      return .paste(
        ["alice", "x\u{1B}]52;c;aGk=\u{7}", "DDDDyyy\n\n"].randomElement(using: &numbers)!)
    case 1:
      return .resize(
        Size(
          rows: .random(in: 1...60, using: &numbers), columns: .random(in: 1...200, using: &numbers)
        ))
    case 2:
      return .mouse(
        MouseEvent(
          button: [.left, .right, .wheelUp, .wheelDown].randomElement(using: &numbers)!,
          place: Place(
            row: .random(in: 0...50, using: &numbers), column: .random(in: 0...180, using: &numbers)
          )))
    case 3:
      let keep = roster.people.filter { _ in Bool.random(using: &numbers) }
      return .store(
        .loaded(
          Roster(
            path: "p", generation: 1, users: keep.map(\.user), keys: keep.flatMap(\.keys)),
          changed: 3))
    case 4: return .store(.loaded(roster, changed: 0))
    case 5:
      return .gateway(
        .running(Array(Stage.backends.prefix(.random(in: 0...6, using: &numbers))), sessions: 0))
    case 6: return .gateway(.absent("none"))
    case 7: return .changed(.random(in: 0...50, using: &numbers), .done)
    case 8: return .changed(.random(in: 0...50, using: &numbers), .failed(.keyNotFound, made: 0))
    case 9: return .store(.unreadable(.missing(path: "p")))
    case 11:
      return .changed(.random(in: 0...50, using: &numbers), .failed(.locked(owner: "x"), made: 0))
    case 12:
      return .changed(
        .random(in: 0...50, using: &numbers), .failed(.conflict(field: "email"), made: 0))
    case 13: return .moreAudit(Stage.audit)
    case 14:
      return .shown(
        TextBox(title: "x", lines: (0..<Int.random(in: 0...99, using: &numbers)).map(String.init)))
    case 15: return .gateway(.ticks(backends: ["erpnext": 3], users: ["olga": 2]))
    case 16:
      return .changed(
        .random(in: 0...50, using: &numbers),
        .issued(Secret("gateway-secret"), roster.people[0].keys[0]))
    case 10:
      now = now.advanced(by: .milliseconds(.random(in: 0...3000, using: &numbers)))
      return .clock(now, zone: 0)
    default: return .key(keys.randomElement(using: &numbers)!)
    }
  }

  @Test("nothing traps, what is selected is there, and every screen can be drawn", arguments: 0..<4)
  func holds(seed: Int) async throws {
    var numbers = Numbers(state: UInt64(seed))
    var stage = try await Stage.ready()
    let roster = stage.model.roster
    var now = Stage.now
    for step in 0..<10_000 {
      stage.send(Self.message(&numbers, &now, roster))
      for list in [
        stage.model.users, stage.model.keys, stage.model.access, stage.model.backendList,
        stage.model.detailKeys, stage.model.detailAccess, stage.model.auditList,
        stage.model.usageList,
      ] {
        #expect(list.rows.isEmpty || list.selected != nil, "step \(step)")
        #expect(list.top >= 0)
      }
      if let id = stage.model.selectedUserID {
        #expect(stage.model.roster[id] != nil, "step \(step): a user who is not there is selected")
      }
      if step % 5 == 0 {
        let screen = stage.screen
        #expect(screen.cells.count == screen.size.rows * screen.size.columns)
        let cursor = screen.cursor ?? Place(row: 0, column: 0)
        #expect(screen[cursor.row, cursor.column] != nil, "step \(step): \(cursor)")
      }
    }
  }

  @Test(
    "what is pasted has no effect but its text, in every pane and over everything that opens",
    arguments: GoldenTests.scenes.map(\.name) + GoldenTests.happenings.map(\.name))
  func pasteDoesNothing(scene: String) async throws {
    var stage = try await Stage.ready()
    if let happening = GoldenTests.happenings.first(where: { $0.name == scene }) {
      happening.happen(&stage)
    } else {
      stage.press(try #require(GoldenTests.scenes.first { $0.name == scene }).keys)
    }
    stage.press("+1000")
    let (effects, pane, dialogs) = (
      stage.effects.count, stage.model.pane, stage.model.dialogs.count
    )
    for text in [
      "y", "\n", "\r", "D\nd.okafor\n", "\u{1B}", "qqq", "\u{3}\u{3}", ":quit\n", "R\ny\n", "2\n",
      "u",
    ] {
      stage.send(.paste(text))
    }
    #expect(stage.effects.count == effects)
    #expect(stage.model.pane == pane && stage.model.dialogs.count == dialogs)
  }

  @Test("a box that asks hears nothing that was typed before it could be read")
  func isDeafAtFirst() async throws {
    var stage = try await Stage.ready()
    stage.press("j j j Tab R y")
    #expect(stage.effects.isEmpty && stage.model.dialogs.count == 1)
    stage.press("+400 y")
    #expect(stage.effects.count == 1 && stage.model.dialogs.isEmpty)
  }

  @Test("a clock that is set back makes no box deaf and no message stay")
  func clockIsSetBack() async throws {
    var stage = try await Stage.ready()
    stage.press("j j j Tab R")
    let hour = Duration.seconds(3600)
    stage.send(.clock(Stage.now.advanced(by: .zero - hour), zone: 0))
    stage.press("Esc")
    #expect(stage.model.dialogs.isEmpty)
    stage.press("y")
    stage.send(.copied(.sent(via: "by OSC 52", count: 5)))
    #expect(stage.model.notice != nil)
    stage.send(.clock(Stage.now.advanced(by: .zero - hour - hour), zone: 0))
    #expect(stage.model.notice == nil)
    stage.send(.copied(.sent(via: "by OSC 52", count: 5)))
    stage.send(.clock(Stage.now.advanced(by: hour), zone: 0))
    #expect(stage.model.notice == nil)
  }

  @Test("a line of the log that is told twice is shown once")
  func auditIsMerged() async throws {
    var stage = try await Stage.ready()
    stage.send(.moreAudit(Stage.audit))
    #expect(stage.model.auditList.rows.count == Stage.audit.count)
  }

  @Test("help can be read to its end, and stays within its frame, at every size")
  func helpScrolls() async throws {
    for size in GoldenTests.sizes.prefix(3) {
      var stage = try await Stage.ready(size)
      stage.press("?")
      var seen = ""
      for _ in 0..<60 {
        seen += stage.screen.text
        stage.press("j")
      }
      for title in ["first, last", "redo", "suspend", "mark range", "back, quit"] {
        #expect(seen.contains(title), "\(title) at \(size)")
      }
    }
  }

  @Test(
    "a filter of users finds those whose name, address or note has it, and none between two of them",
    arguments: [
      "a", "an", "ann.", "example.org", "ORG", "gb", "org b", "!a", "~an", "re:^ann", "zz", "ö",
      "meyer ann",
    ])
  func filterFindsEach(text: String) async throws {
    let roster = try await Stage.ready().model.roster
    let filter = Filter(text)
    let found = roster.matching(filter)
    for (place, person) in roster.people.enumerated() {
      let user = person.user
      let line = "\(user.username) \(user.email ?? "") \(user.description ?? "")".lowercased()
      #expect(found.contains(place) == filter.matches(Array(line.utf8)), "\(line)")
    }
    #expect(found == found.sorted())
    #expect(roster.matching(filter, in: found) == found)
    #expect(roster.matching(filter, in: Array(found.prefix(1))) == Array(found.prefix(1)))
  }

  @Test("a search of the whole log is said to go on until it is over")
  func searchIsSaid() async throws {
    var stage = try await Stage.ready()
    stage.press("6 / 'user:carl Enter")
    #expect(stage.screen.text.contains("Looking through the whole log"))
    stage.send(.audit([]))
    #expect(!stage.screen.text.contains("Looking through the whole log"))
    #expect(stage.screen.text.contains("Nothing matches the filter"))
  }
}
