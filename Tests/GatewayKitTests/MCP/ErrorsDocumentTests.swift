import FoundationEssentials
import Testing

@testable import GatewayKit

/// docs/errors.md has every error that the code can tell a client.
@Suite struct ErrorsDocumentTests {
  private static func text(_ path: String) throws -> String {
    try ConfigurationFolder.text(of: "\(Place.package.path)/\(path)")
  }

  @Test func everyCodeOfAJSONRPCErrorIsInTheTable() throws {
    let document = try Self.text("docs/errors.md")
    var codes: Set<String> = []
    for file in ["JSONRPCError", "EnvelopeError"] {
      let code = try Self.text("Sources/GatewayKit/MCP/\(file).swift")
      for match in code.matches(of: /code: (-?\d{4,})/) { codes.insert(String(match.1)) }
    }
    #expect(codes.count > 10)
    for code in codes { #expect(document.contains(code), "\(code) is not told of") }
  }

  @Test func everyHTTPErrorOfTheDataPathIsInTheTable() throws {
    let document = try Self.text("docs/errors.md")
    let folder = "Sources/GatewayKit/Server/DataPath"
    var count = 0
    for file in try FileManager.default.contentsOfDirectory(
      atPath: "\(Place.package.path)/\(folder)")
    {
      for match in try Self.text("\(folder)/\(file)").matches(
        of: /\.error\(\s*(\d{3}), "([a-z_]+)"/)
      {
        count += 1
        #expect(
          document.contains("| \(match.1) | `\(match.2)` |"), "\(file): \(match.1) \(match.2)")
      }
    }
    #expect(count > 15)
  }
}
