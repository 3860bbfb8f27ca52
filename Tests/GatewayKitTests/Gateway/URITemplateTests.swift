import Testing

@testable import GatewayKit

@Suite("Resource templates")
struct URITemplateTests {
  private func matches(_ template: String, _ uri: String) throws -> Bool {
    try #require(URITemplate(template)).matches(Array(uri.utf8))
  }

  @Test(
    "an expression stands for a segment, or with an operator for anything",
    arguments: [
      ("demo://items/{item}", "demo://items/7", true),
      ("demo://items/{item}", "demo://items/", false),
      ("demo://items/{item}", "demo://items/7/8", false),
      ("demo://items/{item}/parts/{part}", "demo://items/a/parts/b", true),
      ("demo://items/{item}/parts/{part}", "demo://items/a/part/b", false),
      ("file:///{+path}", "file:///a/b/c.txt", true), ("{+anything}", "x://y/z?q#f", true),
      ("demo://a", "demo://a", true), ("demo://a", "demo://ab", false),
      ("demo://{a}b", "demo://cb", true),
    ])
  func matching(template: String, uri: String, isMatch: Bool) throws {
    #expect(try matches(template, uri) == isMatch)
  }

  @Test("a brace that is not closed, and more parts than real ones have, make no template")
  func refuses() {
    #expect(URITemplate("a{b") == nil)
    #expect(URITemplate(String(repeating: "{+a}", count: 64)) != nil)
    #expect(URITemplate(String(repeating: "{+a}", count: 65)) == nil)
  }

  @Test("a URI longer than any real one matches nothing")
  func refusesLongURIs() throws {
    let longest = String(repeating: "a", count: URITemplate.longestURI)
    #expect(try matches("{+a}", longest))
    #expect(!(try matches("{+a}", longest + "a")))
  }
}
