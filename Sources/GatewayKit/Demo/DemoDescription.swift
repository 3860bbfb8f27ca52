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
