import GatewayKit
import Testing

@Suite("Values in MCP headers")
struct MCPHeaderValueTests {
  /// The table of 2026-07-28, Streamable HTTP, Value Encoding.
  static let specification = [
    ("us-west1", "us-west1"), ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
    (" padded ", "=?base64?IHBhZGRlZCA=?="), ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="),
    ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
  ]

  @Test("The specification's examples are encoded and decoded", arguments: specification)
  func examples(_ value: String, _ header: String) {
    #expect(MCPHeaderValue.encode(value) == header)
    #expect(decode(header) == value)
  }

  @Test("Every value comes back from its encoding, which is fit for a header")
  func roundTrip() {
    for value in [
      "", " ", "\t", "a b", "a\tb", "\ta", "a ", "é", "\r\n", "\0", "\u{7F}", "=?base64?=",
      "=?base64??=", "=?base64?", "?=", "=?BASE64?YQ==?=", "😀", String(repeating: "x", count: 5000),
    ] {
      let header = MCPHeaderValue.encode(value)
      #expect(header.utf8.allSatisfy { $0 == 9 || (0x20...0x7E).contains($0) }, "\(value)")
      #expect(header.first != " " && header.first != "\t")
      #expect(header.last != " " && header.last != "\t")
      #expect(decode(header) == value, "\(value)")
    }
  }

  @Test(
    "Malformed base64 and characters that no header may have do not decode",
    arguments: [
      "=?base64?a?=", "=?base64?YQ?=", "=?base64?YQ=?=", "=?base64?YQ===?=", "=?base64?YR==?=",
      "=?base64?Y Q=?=", "=?base64?YQ==YQ==?=", "=?base64?_w==?=", "=?base64?\u{E9}?=",
      "=?base64?=",
      "é", "a\0", "\u{7F}",
    ])
  func malformed(_ header: String) {
    #expect(decode(header) == nil)
  }

  @Test("Values that are not marked as encoded are taken as they are")
  func unmarked() {
    for header in ["=?BASE64?YQ==?=", "=?base64?YQ==", "base64?YQ==?=", "x=?base64?YQ==?="] {
      #expect(decode(header) == header)
    }
  }

  @Test("A header equals a string of the body by what both say")
  func equality() {
    #expect(equals("get", #""get""#))
    #expect(equals("get", #""\u0067et""#))
    #expect(equals("=?base64?Z2V0?=", #""get""#))
    #expect(equals("=?base64?w6k=?=", #""é""#))
    #expect(equals("=?base64?w6k=?=", #""\u00e9""#))
    #expect(equals("", #""""#))
    #expect(!equals("Get", #""get""#))
    #expect(!equals("get", #""get ""#))
    #expect(!equals("ge", #""get""#))
    #expect(!equals("é", #""é""#))
    #expect(!equals("=?base64?Z2V0", #""get""#))
    #expect(!equals("=?base64?Z2V0?=", #""=?base64?Z2V0?=""#))
    #expect(!equals("=?base64?@@?=", #""get""#))
  }

  private func decode(_ header: String) -> String? {
    Array(header.utf8).withUnsafeBytes { MCPHeaderValue.decode($0) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func equals(_ header: String, _ json: String) -> Bool {
    Array(json.utf8).withUnsafeBytes { body in
      var reader = JSONReader(body)
      guard let string = try? reader.string() else { return false }
      return Array(header.utf8).withUnsafeBytes { MCPHeaderValue.equals($0, string, in: body) }
    }
  }
}
