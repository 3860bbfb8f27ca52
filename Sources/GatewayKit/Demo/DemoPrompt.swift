/// A prompt of a demo server: one user message.
struct DemoPrompt: Sendable {
  let name: String
  let title: String
  let summary: String
  let arguments: [Argument]
  /// The user message, from the arguments' values by name.
  let render: @Sendable ([String: String]) -> String

  struct Argument: Sendable {
    let name: String
    let summary: String
    let isRequired: Bool
    /// What completion offers.
    let values: [String]
  }

  var listedSummary: String { "\(summary) (demo)" }

  var listed: JSONValue {
    [
      "name": .string(name), "title": .string(title), "description": .string(listedSummary),
      "arguments": .array(
        arguments.map {
          [
            "name": .string($0.name), "description": .string($0.summary),
            "required": .bool($0.isRequired),
          ]
        }),
    ]
  }
}
