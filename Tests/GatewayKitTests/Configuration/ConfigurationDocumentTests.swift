import Testing

@testable import GatewayKit

@Suite struct ConfigurationDocumentTests {
  private static func document() throws -> String {
    var root = FilePath.directory(of: #filePath)
    for _ in 0..<3 { root = FilePath.directory(of: root) }
    return try ConfigurationFolder.text(of: "\(root)/docs/configuration.md")
  }

  /// The cells that the code knows, as the document must have them.
  private static func row(_ setting: Setting) -> String {
    let code: (String?) -> String = { $0.map { " `\($0)` " } ?? " " }
    return "|\(code(setting.name))| \(setting.type) | \(setting.standard) |"
      + "\(setting.bounds.map { " \($0) " } ?? " ")|\(setting.unit.map { " \($0) " } ?? " ")|\(code(setting.flag))|\(code(setting.variable))|"
  }

  @Test func everySettingIsInTheTableAsTheCodeHasIt() throws {
    let lines = try Self.document().split(separator: "\n").map(String.init)
    for setting in Setting.all {
      let row = Self.row(setting)
      #expect(lines.contains { $0.hasPrefix(row) }, "missing: \(row)")
    }
  }

  @Test func theTableHasNothingThatTheCodeDoesNotHave() throws {
    let lines = try Self.document().split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| member | type | default") })
    let rows = lines[(start + 2)...].prefix { $0.hasPrefix("|") }
    #expect(rows.count == Setting.all.count)
  }

  @Test func theExampleOfTheDocumentLoads() throws {
    let text = try Self.document()
    let start = try #require(text.firstRange(of: "```json\n"))
    let rest = text[start.upperBound...]
    let end = try #require(rest.firstRange(of: "```"))
    let folder = try ConfigurationFolder()
    folder.environment["ERPNEXT_TOKEN"] = "t"
    let configuration = try folder.load(json: String(rest[..<end.lowerBound]))
    #expect(configuration.backends.map(\.name) == ["erpnext", "files"])
    #expect(configuration.backends.allSatisfy { $0.unavailable == nil })
    #expect(configuration.warnings.isEmpty)
    #expect(configuration.limits.bodyBytes == 16_777_216)
  }
}
