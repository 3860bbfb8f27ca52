/// A tool's parameter: its schema and its check come from the same few facts.
struct DemoParameter: Sendable {
  enum Kind: Sendable {
    case text
    case choice([String])
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
  }

  let name: String
  let kind: Kind
  let summary: String
  var isRequired = false
  var standard: JSONValue?

  static func required(_ name: String, _ kind: Kind, _ summary: String) -> DemoParameter {
    DemoParameter(name: name, kind: kind, summary: summary, isRequired: true)
  }

  static func optional(
    _ name: String, _ kind: Kind, _ summary: String, standard: JSONValue? = nil
  ) -> DemoParameter {
    DemoParameter(name: name, kind: kind, summary: summary, standard: standard)
  }

  var schema: JSONValue {
    var schema: JSONValue
    switch kind {
    case .text:
      schema = ["type": "string", "minLength": 1]
    case .choice(let choices):
      schema = ["type": "string", "enum": .array(choices.map(JSONValue.string))]
    case .integer(let range):
      schema = [
        "type": "integer", "minimum": .number("\(range.lowerBound)"),
        "maximum": .number("\(range.upperBound)"),
      ]
    case .number(let range):
      schema = [
        "type": "number", "minimum": .number("\(range.lowerBound)"),
        "maximum": .number("\(range.upperBound)"),
      ]
    }
    schema = schema.adding("description", .string(summary))
    return standard.map { schema.adding("default", $0) } ?? schema
  }

  func accepts(_ value: JSONValue) -> Bool {
    switch (kind, value) {
    case (.text, .string(let text)): !text.isEmpty
    case (.choice(let choices), .string(let text)): choices.contains(text)
    case (.integer(let range), .number(let spelling)):
      Double(spelling).flatMap(Int.init(exactly:)).map(range.contains) ?? false
    case (.number(let range), .number(let spelling)):
      Double(spelling).map(range.contains) ?? false
    default: false
    }
  }

  /// What a value must be, to end a sentence.
  var expectation: String {
    switch kind {
    case .text: "a text that is not empty"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    }
  }
}
