import Testing

@testable import GatewayKit

@Suite("An object's members where they lie")
struct JSONMembersTests {
  /// Leaves out members by name and adds others.
  private func rewrite(
    _ text: String, without names: [StaticString] = [], adding added: [String] = [],
    in range: Range<Int>? = nil
  ) throws -> String {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { raw in
      let members = try JSONMembers(raw, in: range ?? 0..<raw.count)
      var out: [UInt8] = []
      members.write(
        leavingOut: { member in names.contains { members.isNamed(member, $0) } },
        adding: added.map { Array($0.utf8) }, into: &out)
      return String(decoding: out, as: UTF8.self)
    }
  }

  static let kept: [(String, String)] = [
    ("{}", "{}"), (" { } ", "{}"), (#"{"a":1}"#, #"{"a":1}"#),
    (#"{ "a" : 1 , "b" : [ 1,  2 ] }"#, #"{"a" : 1,"b" : [ 1,  2 ]}"#),
    ("{\n\t\"a\":\r\n1.50e+2\n}", "{\"a\":\r\n1.50e+2}"),
    (#"{"a":{"b":{}},"c":"}"}"#, #"{"a":{"b":{}},"c":"}"}"#),
    (#"{"\u0061":"\ud83d\ude00\/"}"#, #"{"\u0061":"\ud83d\ude00\/"}"#),
    (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#), (#"{"":null,"é":true}"#, #"{"":null,"é":true}"#),
    (#"{"n":12345678901234567890.0}"#, #"{"n":12345678901234567890.0}"#),
  ]

  @Test("What is left in stays as it is spelled", arguments: kept)
  func keeps(_ text: String, _ expected: String) throws {
    #expect(try rewrite(text) == expected)
  }

  @Test("Members are left out by what their keys say, each time that they come")
  func leavesOut() throws {
    for (text, expected) in [
      (#"{"a":1,"b":2,"c":3}"#, #"{"a":1,"c":3}"#), (#"{"b":2}"#, "{}"),
      (#"{"b":2,"a":1}"#, #"{"a":1}"#), (#"{"a":1,"b":2}"#, #"{"a":1}"#),
      (#"{"b":1,"a":0,"b":2}"#, #"{"a":0}"#), (#"{"\u0062":2,"B":3,"bb":4}"#, #"{"B":3,"bb":4}"#),
      (#"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
    ] {
      #expect(try rewrite(text, without: ["b"]) == expected, "\(text)")
    }
  }

  @Test("Members are added behind the rest")
  func adds() throws {
    #expect(try rewrite("{}", adding: [#""x":1"#]) == #"{"x":1}"#)
    #expect(try rewrite(#"{"a":1}"#, adding: [#""x":1"#, #""y":2"#]) == #"{"a":1,"x":1,"y":2}"#)
    #expect(try rewrite(#"{"a":1}"#, without: ["a"], adding: [#""x":1"#]) == #"{"x":1}"#)
    #expect(try rewrite(#"{"a":1}"#, without: ["a"]) == "{}")
  }

  @Test("An object within a text is found where it lies there")
  func nested() throws {
    let text = #"{"skip":1,"in":{"a":1, "b":{"c":2}}}"#
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBytes { raw in
      let outer = try JSONMembers(raw, in: 0..<raw.count)
      let inner = try JSONMembers(raw, in: try #require(outer.value("in")))
      let value = try #require(inner.value("b"))
      #expect(String(decoding: raw[value], as: UTF8.self) == #"{"c":2}"#)
      #expect(String(decoding: raw[inner.members[1].whole], as: UTF8.self) == #""b":{"c":2}"#)
      #expect(outer.value("a") == nil)
    }
  }

  @Test("Of members that come twice the first is the value")
  func duplicates() throws {
    let bytes = Array(#"{"\u0061":1,"a":2}"#.utf8)
    try bytes.withUnsafeBytes { raw in
      let members = try JSONMembers(raw, in: 0..<raw.count)
      #expect(members.members.count == 2)
      #expect(raw[try #require(members.value("a"))].elementsEqual("1".utf8))
    }
  }

  @Test("What is no object is told", arguments: ["[]", "1", #""a""#, "null", "", "{", #"{"a"}"#])
  func refuses(_ text: String) {
    #expect(throws: JSONSyntaxError.self) { try rewrite(text) }
  }
}
