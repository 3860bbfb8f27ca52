/// The parameters of a query string, each once and each known to its route.
struct AdminQuery: Sendable {
  private var values: [String: String] = [:]

  /// No parameters.
  init() {}

  /// - Parameter known: the names that the route takes; any other is refused, for a filter with a
  ///   typing error would show everything.
  init(_ text: Substring, known: [String]) throws(AdminError) {
    for part in text.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = AdminTarget.decode(pair[0], plusIsSpace: true),
        let value = AdminTarget.decode(pair.count == 2 ? pair[1] : "", plusIsSpace: true)
      else {
        throw AdminError(
          400, "bad_query",
          "The query string is not percent-encoded UTF-8; write a % itself as %25.")
      }
      guard known.contains(name) else { throw .unknown(name, kind: "parameter", known: known) }
      guard values.updateValue(value, forKey: name) == nil else {
        throw .field(name, "comes twice in the query string")
      }
    }
  }

  subscript(_ name: String) -> String? { values[name] }
}
