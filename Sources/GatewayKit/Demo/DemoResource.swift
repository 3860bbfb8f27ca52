/// A resource with a fixed URI.
struct DemoResource: Sendable {
  let uri: String
  let name: String
  let title: String
  let summary: String
  let contents: JSONValue

  var listed: JSONValue {
    [
      "uri": .string(uri), "name": .string(name), "title": .string(title),
      "description": .string("\(summary) (demo)"), "mimeType": "application/json",
    ]
  }
}
