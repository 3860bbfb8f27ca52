import GatewayKit

/// What a question about access is about: a backend, or a name of it as the backend knows it.
struct AccessTarget {
  let text: String
  let backend: String
  let name: String?

  init(_ text: String) throws(CommandFailure) {
    self.text = text
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    backend = String(parts[0])
    name = parts.count == 2 ? String(parts[1]) : nil
    guard !backend.isEmpty, name != "" else {
      throw .usage(
        "\"\(text)\" must be BACKEND, or BACKEND/NAME for a tool, a prompt or a resource.")
    }
  }

  /// Asks the one function that the gateway asks.
  func decide(_ rules: AccessRules) -> Decision {
    let id = BackendID(backend)
    guard var name else { return rules.decide(.reach(id)) }
    return name.withUTF8 { rules.decide(.named(id, name: UnsafeRawBufferPointer($0))) }
  }
}
