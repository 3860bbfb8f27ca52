/// How the lists give prompts, resources and templates.
extension DemoPrompt {
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

extension DemoResource {
  var listed: JSONValue {
    [
      "uri": .string(uri), "name": .string(name), "title": .string(title),
      "description": .string("\(summary) (demo)"), "mimeType": "application/json",
    ]
  }
}

extension DemoTemplate {
  var listed: JSONValue {
    [
      "uriTemplate": .string(uriTemplate), "name": .string(name), "title": .string(title),
      "description": .string("\(summary) (demo)"), "mimeType": "application/json",
    ]
  }
}
