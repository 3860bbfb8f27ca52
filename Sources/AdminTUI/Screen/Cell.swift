/// One cell of the screen.
struct Cell: Equatable, Sendable {
  var glyph = Glyph.space
  var role = Role.text
  var emphasis: Emphasis = []

  static let blank = Cell()
}
