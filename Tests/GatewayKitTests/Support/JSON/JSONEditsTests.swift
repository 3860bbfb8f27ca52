import Testing

@testable import GatewayKit

@Suite("Changes to a text")
struct JSONEditsTests {
  private func apply(_ edits: [(Range<Int>, String)], to text: String) -> String {
    var changes = JSONEdits()
    for (range, new) in edits { changes.replace(range, with: Array(new.utf8)) }
    return String(
      decoding: Array(text.utf8).withUnsafeBytes { changes.apply(to: $0) }, as: UTF8.self)
  }

  @Test("Without one the text stays")
  func none() {
    #expect(JSONEdits().isEmpty)
    #expect(apply([], to: "abc") == "abc")
  }

  @Test("They are made at the places of the old text, in whatever order they were given")
  func several() {
    #expect(apply([(1..<2, "xyz"), (4..<6, "")], to: "abcdef") == "axyzcd")
    #expect(apply([(4..<6, ""), (1..<2, "xyz")], to: "abcdef") == "axyzcd")
    #expect(apply([(0..<1, "1"), (1..<2, "2"), (5..<6, "6")], to: "abcdef") == "12cde6")
    #expect(apply([(0..<6, "")], to: "abcdef") == "")
  }

  @Test("An insertion takes nothing away, at the start and at the end too")
  func insertions() {
    var edits = JSONEdits()
    edits.insert(Array("<".utf8), at: 0)
    edits.insert(Array("|".utf8), at: 2)
    edits.insert(Array(">".utf8), at: 3)
    #expect(!edits.isEmpty)
    #expect(Array("abc".utf8).withUnsafeBytes { edits.apply(to: $0) } == Array("<ab|c>".utf8))
  }
}
