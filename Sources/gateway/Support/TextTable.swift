/// Columns of text, aligned by what a terminal shows.
struct TextTable {
  let headings: [String]
  private var rows: [[String]] = []

  init(_ headings: String...) { self.headings = headings }

  init(_ headings: [String]) { self.headings = headings }

  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; every cell is made safe here. An empty cell is shown as `-`.
  mutating func add(_ cells: String...) { add(cells) }

  mutating func add(_ cells: [String]) {
    rows.append(cells.map { $0.isEmpty ? "-" : TerminalText.line($0) })
  }

  /// Headings and rows, two spaces between columns, nothing after the last.
  var text: String {
    let all = [headings] + rows
    var widths = [Int](repeating: 0, count: headings.count)
    for row in all {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], TerminalText.width(cell))
      }
    }
    var result = ""
    for row in all {
      for (column, cell) in row.enumerated() {
        result += cell
        if column + 1 < row.count {
          result += String(repeating: " ", count: widths[column] - TerminalText.width(cell) + 2)
        }
      }
      result += "\n"
    }
    return result
  }
}
