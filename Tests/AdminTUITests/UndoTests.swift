import Foundation
import Testing

@testable import AdminTUI
@testable import GatewayKit

/// Undo and redo over a real store: what was is there again, to the last field.
@Suite("Undo") struct UndoTests {
  /// All that a change can touch.
  struct State: Equatable {
    struct Person: Equatable {
      let profile: Profile
      let isEnabled: Bool
      let allowed: [String]
      let blocked: [String]
      let keys: [String]
    }

    let people: [String: Person]

    init(_ roster: Roster) {
      let pairs = roster.people.map { person in
        let user = person.user
        return (
          user.username,
          Person(
            profile: Profile(of: user), isEnabled: user.isEnabled, allowed: user.allowed,
            blocked: user.blocked, keys: person.keys.map { "\($0.id) \($0.name)" }.sorted())
        )
      }
      people = Dictionary(uniqueKeysWithValues: pairs)
    }

    /// Whose records differ.
    func names(differingFrom other: State) -> [String] {
      people.keys.filter { people[$0] != other.people[$0] }.sorted()
    }
  }

  /// The console in memory before a copy of the store, on which it does what it asks for.
  struct Session {
    var stage: Stage
    let store: UserStore
    private var done = 0
    private(set) var kinds: Set<String> = []
    /// Before the first change, and after each.
    private(set) var states: [State] = []

    init(_ path: String) async throws {
      stage = try await Stage.ready()
      store = try await UserStore.open(path, audit: .off)
      load()
      states = [state]
    }

    private mutating func load() {
      stage.send(
        .store(
          .loaded(
            Roster(
              path: store.path, generation: store.generation, users: store.users(),
              keys: store.keys()), changed: 0)))
    }

    /// Presses keys, and lets the store make what they ask for.
    mutating func press(_ script: String) async throws {
      stage.press(script)
      while done < stage.effects.count {
        let effect = stage.effects[done]
        done += 1
        guard case .change(let change, let number) = effect else { continue }
        kinds.insert(String("\(change)".prefix { $0 != "(" }))
        _ = try await store.make(change)
        load()
        let before = stage.model.history.done.count
        stage.send(.changed(number, .done))
        if stage.model.history.done.count > before { states.append(state) }
      }
    }

    var state: State { State(stage.model.roster) }
  }

  /// Keys that ask for one change that can be taken back.
  private static func script(_ numbers: inout PropertyTests.Numbers) -> String {
    func times(_ key: String, _ range: ClosedRange<Int>) -> String {
      Array(repeating: key, count: .random(in: range, using: &numbers)).joined(separator: " ")
    }
    let user = "g \(times("j", 0...25))"
    let cell = "3 \(user) \(times("h", 6...6)) \(times("l", 0...5))"
    let rule = ["a", "b", "d", "Space"].randomElement(using: &numbers)!
    // Where a box asks: the act, or the other way that it offers.
    let answer = ["+400 y", "+400 y", "+400 b y"].randomElement(using: &numbers)!
    let word = String(numbers.next() % 1000)
    return switch Int.random(in: 0..<8, using: &numbers) {
    case 0: "1 \(user) x"
    case 1: "1 \(user) Space j Space x +400 Enter Esc Esc"
    case 2: "1 \(user) e Ctrl-U 'a\(word)@example.org Ctrl-S"
    case 3: "1 \(user) e Tab Ctrl-U 'note\(word) Tab Space Ctrl-S"
    case 4: "1 \(user) e Tab Tab Tab Ctrl-U 'room=\(word) Ctrl-S"
    case 5: "1 \(user) Tab e Ctrl-U 'key\(word) Ctrl-S Esc Esc"
    case 6: "\(cell) \(rule) \(answer) Esc"
    default: "\(cell) v \(times("j", 0...3)) \(times("l", 0...2)) \(rule) +400 Enter Esc Esc"
    }
  }

  @Test(
    "of many random changes leads back through every state, and redo forth again", arguments: 0..<4)
  func isIdentity(seed: Int) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "undo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "users.json").path
    try FileManager.default.copyItem(atPath: "\(Stage.directory)/users.json", toPath: path)
    var session = try await Session(path)
    var numbers = PropertyTests.Numbers(state: UInt64(seed))
    for step in 0..<80 {
      let script = Self.script(&numbers)
      try await session.press(script)
      #expect(session.stage.model.dialogs.isEmpty, "step \(step): \(script)")
      #expect(session.state == session.states.last, "step \(step): \(script) made what it forgot")
    }
    let states = session.states
    #expect(states.count > 40)
    #expect(session.kinds == ["setEnabled", "editUser", "setAccess", "renameKey", "group"])
    for place in (0..<states.count - 1).reversed() {
      try await session.press("u")
      let differing = session.state.names(differingFrom: states[place])
      #expect(differing.isEmpty, "undone to \(place): \(session.stage.model.notice?.text ?? "")")
    }
    #expect(session.stage.model.history.done.isEmpty)
    for place in 1..<states.count {
      try await session.press("Ctrl-R")
      let differing = session.state.names(differingFrom: states[place])
      #expect(differing.isEmpty, "redone to \(place): \(session.stage.model.notice?.text ?? "")")
    }
  }

  @Test("that is refused is none: it can be asked for again", arguments: ["u", "Ctrl-R"])
  func refused(key: String) async throws {
    var stage = try await Stage.ready()
    func finish(_ outcome: StoreOutcome) {
      if case .change(_, let number)? = stage.effects.last { stage.send(.changed(number, outcome)) }
    }
    stage.press("x")
    finish(.done)
    if key == "Ctrl-R" {
      stage.press("u")
      finish(.done)
    }
    let (done, undone) = (stage.model.history.done.count, stage.model.history.undone.count)
    // Refused, then waited for in vain, then discarded; and at last made.
    stage.press(key)
    finish(.failed(.keyNotFound, made: 0))
    #expect(stage.model.history.done.count == done && stage.model.history.undone.count == undone)
    stage.press(key)
    finish(.failed(.locked(owner: "another"), made: 0))
    stage.press("Esc")
    finish(.failed(.locked(owner: "another"), made: 0))
    #expect(stage.model.dialogs.isEmpty && stage.model.notice?.text.hasPrefix("Discarded") == true)
    #expect(stage.model.history.done.count == done && stage.model.history.undone.count == undone)
    stage.press(key)
    finish(.failed(.locked(owner: "another"), made: 0))
    finish(.done)
    #expect(stage.model.history.done.count == 1 - done && stage.model.history.undone.count == done)
  }

  @Test(
    "what was typed ahead is done though a form was opened meanwhile, and behind a lock that is free at last"
  )
  func typedAhead() async throws {
    var stage = try await Stage.ready()
    stage.press("x x x n 'zora")
    stage.send(.changed(1, .failed(.locked(owner: "another"), made: 0)))
    for number in 2...4 { stage.send(.changed(number, .done)) }
    let changes = stage.effects.filter { if case .change = $0 { true } else { false } }
    #expect(changes.count == 4, "one, once more, and the two behind it")
    #expect(stage.screen.text.contains("[zora_"))
  }
}
