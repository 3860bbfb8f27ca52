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

  var listed: JSONValue {
    [
      "uriTemplate": .string(uriTemplate), "name": .string(name), "title": .string(title),
      "description": .string("\(summary) (demo)"), "mimeType": "application/json",
    ]
  }
}
