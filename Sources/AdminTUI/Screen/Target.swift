/// What a place of the screen stands for when it is clicked.
enum Target: Equatable, Sendable {
  case key(Key)
  case action(Action)
  case sort(Int)
  /// Of the pane's list, or of one of the boxes of the users pane.
  case row(box: Int, id: String)
  /// Of the matrix.
  case cell(user: String, column: Int)
  /// Of the form; behind the last one are its buttons.
  case field(Int)
}
