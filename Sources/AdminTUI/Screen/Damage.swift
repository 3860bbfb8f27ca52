/// The cells that differ between two screens, as pieces of lines.
struct Damage: Equatable {
  struct Piece: Equatable {
    let row: Int
    var columns: Range<Int>
  }

  private(set) var pieces: [Piece] = []

  /// - Parameter old: what the terminal shows; nil when nobody knows.
  init(from old: Screen?, to new: Screen) {
    guard let old, old.size == new.size else {
      pieces = (0..<new.size.rows).map { Piece(row: $0, columns: 0..<new.size.columns) }
      return
    }
    let columns = new.size.columns
    old.cells.withUnsafeBufferPointer { before in
      new.cells.withUnsafeBufferPointer { after in
        for row in 0..<new.size.rows {
          for column in 0..<columns
          where before[row * columns + column] != after[row * columns + column] {
            if let last = pieces.last, last.row == row, last.columns.upperBound == column {
              pieces[pieces.count - 1].columns = last.columns.lowerBound..<column + 1
            } else {
              pieces.append(Piece(row: row, columns: column..<column + 1))
            }
          }
        }
      }
    }
  }

  var cellCount: Int { pieces.reduce(0) { $0 + $1.columns.count } }
}
