import GatewayKit

/// The key that is shown once.
enum RevealView {
  static func draw(
    _ reveal: Reveal, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    let key = reveal.key
    let box = layout.pane.centered(rows: 13, columns: min(74, layout.size.columns - 2))
    DialogView.frame(box, "New key \"\(key.name)\" for \(key.username) — SHOWN ONCE", on: &screen)
    let left = box.column + 3
    // Alone in its row, so that a mouse can take it and nothing else.
    screen.put(
      reveal.isHidden ? String(repeating: "*", count: reveal.secret.count) : reveal.secret.text,
      box.row + 2, left, role: .secret, emphasis: .bold)
    screen.cursor = Place(row: box.row + 2, column: left)
    let end = key.expiresAt.map { end in
      let days = (model.now.duration(to: end).components.seconds + 43_200) / 86_400
      return "Expires \(Wording.minute(end, zone: model.zone)) (\(days) d)"
    }
    screen.put(
      "\(end ?? "Never expires").  Id \(key.id)", box.row + 4, left, limit: box.columns - 6)
    for (index, line) in lines(reveal, box.columns - 6).enumerated() {
      screen.put(line.0, box.row + 6 + index, left, limit: box.columns - 6, cut: .end, role: line.1)
    }
    screen.put(
      "When this box closes the key cannot be shown again.", box.lastRow - 3, left,
      limit: box.columns - 6)
    let next = DialogView.button(
      reveal.copied == nil ? "y Copy" : "y Copy again", box.lastRow - 2, left, isFocused: false,
      target: .key(.character("y")), on: &screen)
    _ = DialogView.button(
      "Enter I have stored it", box.lastRow - 2, next, isFocused: false, on: &screen)
  }

  /// What is known of the copy, which is never that it arrived.
  private static func lines(_ reveal: Reveal, _ width: Int) -> [(String, Role)] {
    switch reveal.copied {
    case .sent(let via, let count):
      [
        ("● Sent to your terminal's clipboard \(via) (\(count) characters).", .ok),
        ("  The terminal does not confirm it. Paste somewhere to check.", .text),
      ]
    case .written(let path):
      DialogView.wrap("● Written to \(path), which only you can read.", width).prefix(3).map {
        ($0, .ok)
      }
    case .unavailable(let why): DialogView.wrap(why, width).prefix(3).map { ($0, .warn) }
    case nil:
      reveal.isWarned
        ? [("! Not copied yet. Enter again closes it for good; y copies.", .warn)] : []
    }
  }
}
