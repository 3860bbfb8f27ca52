/// Numbers as columns of a graph, eight steps a cell, or words where a terminal has only ASCII.
enum Sparkline {
  private static let blocks = Array(" ▁▂▃▄▅▆▇█")
  private static let ascii = Array(" .:-=+*#@")

  /// One line.
  static func line(_ values: [Int], isASCII: Bool) -> String {
    let top = max(1, values.max() ?? 1)
    let steps = isASCII ? ascii : blocks
    return String(values.map { steps[$0 <= 0 ? 0 : max(1, $0 * 8 / top)] })
  }

  /// So many lines, the highest first, each value a column.
  static func lines(_ values: [Int], rows: Int, isASCII: Bool) -> [String] {
    let top = max(1, values.max() ?? 1)
    let steps = isASCII ? ascii : blocks
    return (0..<rows).map { row in
      let base = (rows - 1 - row) * 8
      return String(
        values.map { value in
          let height = value <= 0 ? 0 : max(1, value * rows * 8 / top)
          return steps[max(0, min(8, height - base))]
        })
    }
  }
}
