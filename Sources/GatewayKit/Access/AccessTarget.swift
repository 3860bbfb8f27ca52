/// What a question about access is about: `BACKEND`, or `BACKEND/NAME` for a tool, prompt or resource.
package struct AccessTarget: Sendable {
  package let text: String
  package let backend: String
  package let name: String?

  /// Nil when a part is missing.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, !first.isEmpty, parts.last?.isEmpty == false else { return nil }
    self.text = text
    backend = String(first)
    name = parts.count == 2 ? String(parts[1]) : nil
  }

  package func decide(_ rules: AccessRules) -> Decision {
    let id = BackendID(backend)
    guard var name else { return rules.decide(.reach(id)) }
    return name.withUTF8 { rules.decide(.named(id, name: UnsafeRawBufferPointer($0))) }
  }
}
