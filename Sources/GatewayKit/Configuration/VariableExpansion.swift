/// Fills `${VAR}`, `${env:VAR}`, `${VAR:-default}` and `${input:x}` into the texts of a backend.
///
/// The forms are those of the MCP configurations in use: `${VAR}` and `:-` of `.mcp.json`, `${env:…}`
/// and `${input:…}` of `mcp.json` in editors. There is nobody to ask at an input prompt here, so
/// `${input:erpnext-token}` is the variable `ERPNEXT_TOKEN`. An empty variable counts as unset.
package struct VariableExpansion: Sendable {
  package let environment: [String: String]
  /// Variables that were asked for and are not set, in order, each once.
  package private(set) var unset: [String] = []

  package init(environment: [String: String]) { self.environment = environment }

  /// `text` with every variable filled in; an unset one is left out and noted in ``unset``.
  /// Nil when a `${` is not closed.
  package mutating func expand(_ text: String) -> String? {
    guard text.contains("${") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { return nil }
      result += value(of: rest[start.upperBound..<end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private mutating func value(of reference: Substring) -> String {
    var name = reference
    var standard: Substring?
    if name.hasPrefix("input:") {
      name = Substring(Self.variable(forInput: name.dropFirst("input:".count)))
    } else {
      if name.hasPrefix("env:") { name = name.dropFirst("env:".count) }
      if let mark = name.firstRange(of: ":-") {
        standard = name[mark.upperBound...]
        name = name[..<mark.lowerBound]
      }
    }
    if let value = environment[String(name)], !value.isEmpty { return value }
    if let standard { return String(standard) }
    if !unset.contains(String(name)) { unset.append(String(name)) }
    return ""
  }

  /// The variable that stands for an input: upper case, `_` for all but letters and digits.
  package static func variable(forInput input: some StringProtocol) -> String {
    String(
      input.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
