/// A call's arguments after they have passed their tool's parameters, defaults filled in.
struct DemoArguments: Sendable {
  private let values: [String: JSONValue]

  /// - Throws: ``DemoFailure`` that names the argument, what was sent and what is right.
  init(_ given: JSONValue?, for tool: DemoTool) throws(DemoFailure) {
    var values: [String: JSONValue] = [:]
    for parameter in tool.parameters {
      values[parameter.name] = parameter.standard
    }
    for (name, value) in given?.objectValue?.members ?? [] {
      guard let parameter = tool.parameters.first(where: { $0.name == name }) else {
        let known = tool.parameters.map(\.name).joined(separator: ", ")
        throw DemoFailure(
          """
          \(tool.name) has no argument "\(name)". \
          It takes: \(known.isEmpty ? "none" : known).
          """)
      }
      guard parameter.accepts(value) else {
        throw DemoFailure(
          """
          The argument "\(name)" of \(tool.name) must be \(parameter.expectation), \
          but it is \(Self.shown(value)).
          """)
      }
      values[name] = value
    }
    for parameter in tool.parameters where parameter.isRequired && values[parameter.name] == nil {
      throw DemoFailure(
        """
        \(tool.name) needs the argument "\(parameter.name)": \
        \(parameter.expectation).
        """)
    }
    self.values = values
  }

  subscript(name: String) -> JSONValue? { values[name] }

  func text(_ name: String) -> String? { values[name]?.stringValue }

  func number(_ name: String) -> Double? {
    guard case .number(let spelling)? = values[name] else { return nil }
    return Double(spelling)
  }

  func integer(_ name: String) -> Int? { number(name).flatMap(Int.init(exactly:)) }

  private static func shown(_ value: JSONValue) -> String {
    let text = value.text
    return text.count <= 80 ? text : "\(text.prefix(77))…"
  }
}
