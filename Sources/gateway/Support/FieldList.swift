/// Names and values below each other, the values aligned.
struct FieldList {
  private var fields: [(name: String, value: String)] = []

  /// Adds a line; the value is made safe here. An empty or absent one is shown as `-`.
  mutating func add(_ name: String, _ value: String?) {
    fields.append((name, value.map { $0.isEmpty ? "-" : TerminalText.line($0) } ?? "-"))
  }

  var text: String {
    let width = fields.map(\.name.count).max() ?? 0
    return fields.map { field in
      "\(field.name):\(String(repeating: " ", count: width - field.name.count + 1))\(field.value)\n"
    }.joined()
  }
}
