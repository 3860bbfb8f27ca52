import GatewayKit

/// A user's metadata as a line that is typed: `dept=logistics, site=Malmö`; a JSON object where there is
/// more to it than texts.
enum Metadata {
  static func text(_ object: JSONObject) -> String {
    var pairs: [String] = []
    for (name, value) in object.members {
      guard let text = value.stringValue, isPlain(name), isPlain(text), !name.isEmpty else {
        return JSONValue.object(object).text
      }
      pairs.append("\(name)=\(text)")
    }
    return pairs.joined(separator: ", ")
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.contains(where: { ",=\n".contains($0) }) && text.first != " " && text.last != " "
      && text.first != "{"
  }

  /// Nil for what is neither of the two.
  static func object(_ text: String) -> JSONObject? {
    if text.hasPrefix("{") { return (try? JSONValue.parse(text.utf8))?.objectValue }
    var object = JSONObject()
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { return nil }
      let (name, value) = (trimmed(pair[0]), trimmed(pair[1]))
      guard !name.isEmpty else { return nil }
      object[name] = .string(value)
    }
    return object
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
