/// A tool of a demo server.
struct DemoTool: Sendable {
  let name: String
  let title: String
  /// What it does; the list adds that it is a demo.
  let summary: String
  var isReadOnly = true
  var parameters: [DemoParameter] = []
  let work: Work

  enum Work: Sendable {
    /// Answers at once.
    case answer(@Sendable (DemoArguments) throws(DemoFailure) -> JSONValue)
    /// Reports progress on the way; see ``DemoSteps``.
    case steps(@Sendable (DemoArguments) -> DemoSteps)
  }

  /// As `tools/list` gives it.
  var listed: JSONValue {
    let properties = parameters.reduce([:] as JSONValue) { $0.adding($1.name, $1.schema) }
    var schema: JSONValue = [
      "type": "object", "properties": properties, "additionalProperties": false,
    ]
    let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty {
      schema = schema.adding("required", .array(required))
    }
    return [
      "name": .string(name), "title": .string(title),
      "description": .string("\(summary) (demo: the data are made up, and nothing is changed)"),
      "inputSchema": schema,
      "annotations": ["readOnlyHint": .bool(isReadOnly), "openWorldHint": false],
    ]
  }
}

/// Work that takes a while: the same pause before each step.
struct DemoSteps: Sendable {
  let count: Int
  let pause: Duration
  let message: @Sendable (Int) -> String
  let result: JSONValue
}

/// What a tool says when it cannot do what was asked: a result with `isError`, so that a model
/// can read it and try again (2026-07-28, Tools, Error Handling).
struct DemoFailure: Error, Equatable {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  static func unknown(_ what: String, _ name: String, known: [String]) -> DemoFailure {
    DemoFailure(
      "There is no \(what) \"\(name)\" in the demo data. Known: \(known.joined(separator: ", ")).")
  }
}
