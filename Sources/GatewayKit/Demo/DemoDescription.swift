/// One demo server, told as data; ``DemoConversation`` serves any of them.
struct DemoDescription: Sendable {
  let name: String
  let title: String
  let instructions: String
  let tools: [DemoTool]
  let prompts: [DemoPrompt]
  let resources: [DemoResource]
  let templates: [DemoTemplate]

  /// As `initialize` and `_meta` tell it.
  var implementation: JSONValue {
    [
      "name": .string("\(name)-demo"), "title": .string(title),
      "version": .string(Self.version),
    ]
  }

  static let version = "1.0.0"
}

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
}

/// A resource with a fixed URI.
struct DemoResource: Sendable {
  let uri: String
  let name: String
  let title: String
  let summary: String
  let contents: JSONValue
}

/// Resources whose URI ends in one variable.
struct DemoTemplate: Sendable {
  /// What stands before the variable, such as `erpnext://customers/`.
  let prefix: String
  let variable: String
  let name: String
  let title: String
  let summary: String
  /// Each value of the variable with what is read there.
  let contents: [(value: String, contents: JSONValue)]

  var uriTemplate: String { "\(prefix){\(variable)}" }

  func contents(at uri: String) -> JSONValue? {
    guard uri.hasPrefix(prefix) else { return nil }
    let value = uri.dropFirst(prefix.count)
    return contents.first { $0.value == value }?.contents
  }
}
