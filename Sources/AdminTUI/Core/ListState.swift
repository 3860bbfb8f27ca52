/// A list's rows by their identities, which of them is selected, and which are marked.
///
/// What is selected is an identity, not a row number: data that comes while somebody looks must never
/// put another row under the cursor.
struct ListState: Equatable, Sendable {
  /// What is shown, in its order.
  private(set) var rows: [String] = []
  private(set) var index = 0
  /// The first row in view.
  private(set) var top = 0
  var marked: Set<String> = []
  /// Where a range of marks begins, and what was marked before it.
  private(set) var range: (anchor: String, before: Set<String>)?
  var filter = Filter("")
  /// The column that it is sorted by.
  var sort = 0
  var isDescending = false

  static func == (left: ListState, right: ListState) -> Bool {
    left.rows == right.rows && left.index == right.index && left.top == right.top
      && left.marked == right.marked && left.filter == right.filter && left.sort == right.sort
      && left.isDescending == right.isDescending && left.range?.anchor == right.range?.anchor
  }

  var selected: String? { rows.indices.contains(index) ? rows[index] : nil }
  var isEmpty: Bool { rows.isEmpty }

  /// Takes other rows. What is selected stays selected; when it has gone its neighbour is.
  mutating func show(_ new: [String]) {
    let (old, before) = (selected, rows)
    rows = new
    guard let old else {
      index = 0
      return
    }
    if rows.indices.contains(index), rows[index] == old { return }
    index = Self.place(before, index, in: rows)
  }

  /// Where the row that was selected is now, or the first behind it that is still there.
  private static func place(_ old: [String], _ index: Int, in new: [String]) -> Int {
    // A filter leaves some out: both are walked together.
    var next = 0
    for (place, row) in old.enumerated() {
      guard next < new.count else { return max(0, new.count - 1) }
      guard row == new[next] else { continue }
      if place >= index { return next }
      next += 1
    }
    // Else their order is another.
    let places = Dictionary(new.enumerated().map { ($1, $0) }) { first, _ in first }
    return old.suffix(from: min(index, old.count)).lazy.compactMap { places[$0] }.first
      ?? max(0, min(index, new.count - 1))
  }

  mutating func select(_ id: String) {
    if let place = rows.firstIndex(of: id) { move(to: place) }
  }

  mutating func move(by rows: Int) { move(to: index + rows) }

  mutating func move(to row: Int) {
    index = max(0, min(row, rows.count - 1))
    guard let range, let start = rows.firstIndex(of: range.anchor) else { return }
    marked = range.before.union(rows[min(start, index)...max(start, index)])
  }

  /// Lets the selected row be in view.
  ///
  /// - Parameter count: how many rows are.
  mutating func scroll(showing count: Int) {
    guard count > 0 else { return }
    if index < top { top = index }
    if index >= top + count { top = index - count + 1 }
    top = max(0, min(top, rows.count - count))
  }

  /// The rows in view.
  func visible(_ count: Int) -> ArraySlice<String> {
    let start = min(max(0, top), rows.count)
    return rows[start..<min(start + max(0, count), rows.count)]
  }

  // MARK: Marks

  mutating func toggleMark() {
    range = nil
    guard let selected else { return }
    if marked.remove(selected) == nil { marked.insert(selected) }
  }

  /// Begins a range at the selected row, or ends the one that was begun.
  mutating func toggleRange() {
    guard range == nil, let selected else {
      range = nil
      return
    }
    range = (selected, marked)
    marked.insert(selected)
  }

  mutating func clearMarks() {
    range = nil
    marked = []
  }

  /// Keeps marks only of what there is.
  mutating func forgetMarks(but present: (String) -> Bool) {
    marked = marked.filter(present)
    if let range, !present(range.anchor) { self.range = nil }
  }

  /// How many of the marked ones the filter hides.
  var hiddenMarks: Int { marked.isEmpty ? 0 : marked.subtracting(rows).count }
}
