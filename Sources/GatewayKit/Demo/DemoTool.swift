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
