/// Which key asks for what. A pane's own keys come before those of everywhere.
struct Keymap: Sendable {
  private var everywhere: [Key: Action]
  private var ofPane: [Pane: [Key: Action]]

  func action(for key: Key, in pane: Pane) -> Action? {
    ofPane[pane]?[key] ?? everywhere[key]
  }

  /// The keys that ask for something, those that a keyboard names first, then the shortest.
  func keys(for action: Action, in pane: Pane) -> [Key] {
    let own = ofPane[pane, default: [:]].filter { $0.value == action }.map(\.key)
    let general = everywhere.filter { $0.value == action && ofPane[pane]?[$0.key] == nil }.map(
      \.key)
    return (own + general).sorted { $0.rank < $1.rank }
  }

  /// The pane's own actions, in the order that help shows.
  func actions(of pane: Pane) -> [Action] { Self.own[pane, default: []].map(\.action) }

  private static let own: [Pane: [(action: Action, key: Character)]] = [
    .users: [
      (.newUser, "n"), (.edit, "e"), (.newKey, "N"), (.revoke, "R"), (.toggleEnabled, "x"),
      (.deleteUser, "D"), (.reach, "w"), (.allow, "a"), (.block, "b"), (.standard, "d"),
    ],
    .keys: [
      (.newKey, "n"), (.revoke, "R"), (.edit, "e"), (.extend, "t"), (.rotate, "o"),
      (.quickFilter, "f"),
    ],
    .access: [
      (.cycle, " "), (.allow, "a"), (.block, "b"), (.standard, "d"), (.wholeColumn, "c"),
      (.wholeRow, "V"), (.reach, "w"),
    ],
    .backends: [(.check, "c"), (.checkAll, "C"), (.errors, "l"), (.reach, "w")],
    .usage: [(.window, "w"), (.group, "b")],
    .audit: [(.follow, "f"), (.clock, "t")],
  ]

  static let standard: Keymap = {
    var everywhere: [Key: Action] = [
      .up: .up, .down: .down, .left: .left, .right: .right, .home: .first, .end: .last,
      .pageUp: .pageUp, .pageDown: .pageDown, .tab: .nextBox, .backTab: .previousBox,
      .enter: .open, .escape: .back, .function(1): .help, .control("u"): .halfUp,
      .control("d"): .halfDown, .control("p"): .command, .control("r"): .redo,
      .control("l"): .repaint, .control("z"): .suspend, .control("c"): .interrupt,
    ]
    let characters: [Character: Action] = [
      "1": .paneUsers, "2": .paneKeys, "3": .paneAccess, "4": .paneBackends, "5": .paneUsage,
      "6": .paneAudit, "j": .down, "k": .up, "h": .left, "l": .right, "g": .first, "G": .last,
      "-": .lastPane, "/": .filter, ":": .command, "?": .help, " ": .mark, "v": .markRange,
      "*": .markAll, "s": .sort, "S": .sortReverse, "y": .copyCell, "Y": .copyRow, "E": .export,
      "u": .undo, "U": .history, "p": .pause, "r": .reload, "q": .quit,
    ]
    for (character, action) in characters { everywhere[.character(character)] = action }
    let ofPane = own.mapValues { pairs in
      Dictionary(pairs.map { (Key.character($0.key), $0.action) }) { first, _ in first }
    }
    return Keymap(everywhere: everywhere, ofPane: ofPane)
  }()

  /// Gives an action another key, everywhere where it has one.
  ///
  /// - Returns: why not; nil when it is done.
  mutating func bind(_ action: Action, to key: Key) -> String? {
    if action.isDestructive {
      guard case .character(let character) = key, character.isUppercase else {
        return
          "\(action.title) cannot be undone, so its key is a capital letter, and \(key.name) is none"
      }
    }
    var isKnown = false
    for (pane, keys) in ofPane where keys.values.contains(action) {
      ofPane[pane] = keys.filter { $0.value != action }
      ofPane[pane]?[key] = action
      isKnown = true
    }
    if !isKnown {
      everywhere = everywhere.filter { $0.value != action }
      everywhere[key] = action
    }
    return nil
  }
}

extension Key {
  /// What help shows first.
  fileprivate var rank: (Int, Int, String) {
    switch self {
    case .up, .down, .left, .right: (0, 0, name)
    default: (1, name.count, name)
    }
  }
}
