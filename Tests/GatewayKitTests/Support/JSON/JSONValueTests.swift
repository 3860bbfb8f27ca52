import GatewayKit
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test(
    "A number keeps its spelling",
    arguments: [
      "0", "-0", "1.0", "1.50", "1E5", "1e+05", "-1.25e-2", "9007199254740993",
      "123456789012345678901234567890", "0.1000000000000000055511151231257827",
    ])
  func numbersKeepTheirSpelling(_ spelling: String) throws {
    let value = try JSONValue.parse(" [\(spelling)] ".utf8)
    #expect(value == .array([.number(spelling)]))
    #expect(value.text == "[\(spelling)]")
  }

  @Test("Order and repeated keys are kept, and reading a key gives the first")
  func orderIsKept() throws {
    let text = #"{"b":1,"a":2,"b":3,"":4}"#
    let value = try JSONValue.parse(text.utf8)
    #expect(value.text == text)
    #expect(value["b"]?.intValue == 1)
    #expect(value[""]?.intValue == 4)
    #expect(value["c"] == nil)
  }

  @Test("Setting a key changes its first member, adds at the end, or removes all of it")
  func setting() throws {
    var object = try #require(try JSONValue.parse(#"{"b":1,"a":2,"b":3}"#.utf8).objectValue)
    object["b"] = true
    object["c"] = nil
    object["d"] = "x"
    #expect(JSONValue.object(object).text == #"{"b":true,"a":2,"b":3,"d":"x"}"#)
    object["b"] = nil
    #expect(JSONValue.object(object).text == #"{"a":2,"d":"x"}"#)
  }

  @Test("Keys are told apart by their scalars, not by canonical equivalence")
  func keysAreScalars() throws {
    let value = try JSONValue.parse(#"{"e\u0301":1,"\u00e9":2,"\u212a":3,"K":4}"#.utf8)
    #expect(value["\u{E9}"]?.intValue == 2)
    #expect(value["e\u{301}"]?.intValue == 1)
    #expect(value["K"]?.intValue == 4)
    var object = try #require(value.objectValue)
    object["K"] = nil
    #expect(object.members.count == 3)
  }

  @Test("A string is written with no more escapes than it needs")
  func writingStrings() {
    let cases: [(String, String)] = [
      ("", #""""#), ("a/b é 😀\u{7F}\u{2028}", "\"a/b é 😀\u{7F}\u{2028}\""),
      ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
      (
        "\0\u{1}\u{8}\u{B}\u{C}\u{F}\u{10}\u{1A}\u{1F}",
        #""\u0000\u0001\u0008\u000b\u000c\u000f\u0010\u001a\u001f""#
      ),
    ]
    for (text, written) in cases { #expect(JSONValue.string(text).text == written) }
  }

  @Test("Every scalar up to U+FFFF is read as it was written")
  func everyScalar() throws {
    var text = ""
    for value in UInt32(0)...0xFFFF {
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    let read = try JSONValue.parse(JSONValue.string(text).bytes).stringValue
    #expect(read?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
  }

  @Test("What a value is not, it does not pretend to be")
  func kinds() throws {
    let values: [JSONValue] = [nil, true, 1, "1", [], [:]]
    #expect(values.map { $0.boolValue != nil } == [false, true, false, false, false, false])
    #expect(values.map { $0.intValue != nil } == [false, false, true, false, false, false])
    #expect(values.map { $0.stringValue != nil } == [false, false, false, true, false, false])
    #expect(values.map { $0.arrayValue != nil } == [false, false, false, false, true, false])
    #expect(values.map { $0.objectValue != nil } == [false, false, false, false, false, true])
    #expect(JSONValue.number("1.0").intValue == nil)
    #expect(JSONValue.number("1e3").intValue == nil)
    #expect(JSONValue.number("9223372036854775807").intValue == .max)
    #expect(JSONValue.number("9223372036854775808").intValue == nil)
  }

  @Test("Bytes that lie in pieces are read as those that lie together")
  func anyCollection() throws {
    let text = #"{"a":[1,"é"]}"#
    #expect(try JSONValue.parse(text.utf8.reversed().reversed()) == JSONValue.parse(text.utf8))
    #expect(try JSONValue.parse(Array(text.utf8)[...]) == JSONValue.parse(text.utf8))
  }
}
