import GatewayKit
import Testing

/// The reader's grammar (RFC 8259), UTF-8 (RFC 3629) and limits.
@Suite("JSON reader")
struct JSONReaderTests {
  private func error(
    _ text: [UInt8], maximumDepth: Int = 120, allowsComments: Bool = false
  ) -> JSONSyntaxError? {
    text.withUnsafeBytes { raw in
      var reader = JSONReader(raw, maximumDepth: maximumDepth, allowsComments: allowsComments)
      do throws(JSONSyntaxError) {
        try reader.skip()
        try reader.end()
        return nil
      } catch {
        return error
      }
    }
  }

  // MARK: Grammar

  static let wellFormed = [
    "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "-1.5", "0.0", "1e1", "1E1",
    "1e+1", "1e-1", "1.0E+10", "123456789012345678901234567890", "\"\"", "\"a\"", "[]", "[1]",
    "[1,2]", "[[]]", "[{}]", "{}", "{\"a\":1}", "{\"a\":1,\"b\":[]}", "{\"\":\"\"}",
    "{\"a\":1,\"a\":2}", " null ", "\t\r\n 1 \n", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : 2 }",
    #""\"\\\/\b\f\n\r\t""#, #""\u0000\u001f\u00e9\uD83D\uDE00""#, #""\ud800""#, #""\udc00x""#,
    "\"\u{7F}\"", "\"é世😀\"", "\"\u{FEFF}\"", "[null,true,false,0,\"\",[],{}]",
  ]

  @Test("Well-formed text is taken", arguments: wellFormed)
  func wellFormedIsTaken(_ text: String) {
    #expect(error(Array(text.utf8)) == nil)
  }

  static let malformed: [(String, Int)] = [
    ("", 0), (" ", 1), ("nul", 0), ("nulL", 0), ("tru", 0), ("True", 0), ("fals", 0), ("NaN", 0),
    ("Infinity", 0), ("-Infinity", 1), ("undefined", 0), ("nullx", 4), ("null null", 5),
    ("1 2", 2), ("[1]]", 3), ("{}{}", 2), ("+1", 0), ("-", 1), ("--1", 1), ("-a", 1), ("01", 1),
    ("-01", 2), ("00", 1), ("1.", 2), (".5", 0), ("1.e1", 2), ("1e", 2), ("1e+", 3), ("1e1.5", 3),
    ("0x10", 1), ("1_000", 1), ("1,", 1), ("\"", 0), ("\"a", 0), ("'a'", 0), ("a", 0),
    ("\"\\\"", 0), ("\"\\", 1), ("\"\\x\"", 1), ("\"\\u\"", 1), ("\"\\u12\"", 1),
    ("\"\\u123", 1), ("\"\\u123g\"", 1), ("\"\\U0041\"", 1), ("\"\\ \"", 1), ("\"\n\"", 1),
    ("\"\t\"", 1), ("\"\u{1F}\"", 1), ("\"\0\"", 1), ("[", 1), ("[1", 2), ("[1,", 3),
    ("[,]", 1), ("[1,]", 3), ("[1,,2]", 3), ("[1 2]", 3), ("[1:2]", 2), ("]", 0), ("[}", 1),
    ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{,}", 1),
    ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{a:1}", 1), ("{1:1}", 1),
    ("{null:1}", 1), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1]", 6), ("}", 0), ("/", 0),
    ("// a\n1", 0), ("/* a */1", 0), ("1 // a", 2), ("[1,/**/2]", 3), ("\u{FEFF}1", 0),
    ("\u{A0}1", 0), ("\u{B}1", 0), ("\u{C}1", 0), ("1\0", 1),
  ]

  @Test("Malformed text is refused where it goes wrong", arguments: malformed)
  func malformedIsRefused(_ text: String, _ offset: Int) {
    #expect(error(Array(text.utf8))?.offset == offset, "\(text)")
  }

  @Test("Every cut of a text is refused or shorter by white space alone")
  func cutsAreRefused() {
    let text = Array(
      #" {"a":[1,-2.5e3,true,null,"x\u00e9\n"],"bb":{"c":{}},"d":"é😀"} "#.utf8)
    for length in 0..<text.count - 1 {
      #expect(error(Array(text[..<length])) != nil, "\(length) bytes")
    }
    #expect(error(Array(text.dropLast())) == nil)
  }

  // MARK: Strings, eight bytes at a time

  @Test("A byte that a string may not hold is found at every place of a word")
  func specialBytesAreFound() {
    for length in 0..<40 {
      for position in 0..<max(1, length) where length > 0 {
        for byte: UInt8 in [0x00, 0x01, 0x1F, 0x0A, 0x80, 0xBF, 0xC0, 0xC1, 0xF5, 0xFF] {
          var text = [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "a"), count: length)
          text[1 + position] = byte
          text.append(UInt8(ascii: "\""))
          #expect(error(text)?.offset == 1 + position, "\(byte) at \(position) of \(length)")
        }
      }
    }
  }

  @Test("Each ASCII byte is plain, special or refused, at every place of a word")
  func asciiBytes() {
    for byte in UInt8(0)..<0x80 where byte != UInt8(ascii: "\\") {
      for position in 0..<17 {
        var text = Array(repeating: UInt8(ascii: "x"), count: 18)
        text[0] = UInt8(ascii: "\"")
        text[17] = UInt8(ascii: "\"")
        if position > 0 { text[position] = byte }
        let isQuote = byte == UInt8(ascii: "\"") && (1..<17).contains(position)
        let isTaken = position == 0 || byte >= 0x20 && !isQuote
        #expect((error(text) == nil) == isTaken, "\(byte) at \(position)")
      }
    }
  }

  @Test("A string ends at its quote, whatever bytes follow, at every length")
  func stringEnds() throws {
    for length in 0..<40 {
      for tail in ["", ",", "   ", "\"\"\"\"\"\"\"\"", "\u{80}\u{80}\u{80}"] {
        let text = Array(("\"" + String(repeating: "z", count: length) + "\"" + tail).utf8)
        try text.withUnsafeBytes { raw in
          var reader = JSONReader(raw)
          let string = try reader.string()
          #expect(string.range == 1..<1 + length)
          #expect(!string.hasEscapes)
          #expect(reader.offset == length + 2)
        }
      }
    }
  }

  // MARK: UTF-8

  static let badUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2],
    [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xE1, 0x41, 0x80],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
    [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF0, 0x90, 0x80, 0x41],
    [0xF1, 0x80, 0x41, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8], [0xFE],
    [0xFF],
  ]

  @Test("What is not UTF-8 is refused in values and in keys", arguments: badUTF8)
  func badUTF8IsRefused(_ bytes: [UInt8]) {
    for padding in 0..<9 {
      let quoted =
        [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "a"), count: padding) + bytes
        + [UInt8(ascii: "\"")]
      #expect(error(quoted) != nil)
      #expect(error(Array("{".utf8) + quoted + Array(":1}".utf8)) != nil)
    }
  }

  @Test("The first and last scalar of each length is taken")
  func boundaryScalars() {
    for scalar: Unicode.Scalar in [
      "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}",
      "\u{10FFFF}",
    ] {
      for padding in 0..<9 {
        let text = "\"" + String(repeating: "a", count: padding) + String(scalar) + "\""
        #expect(error(Array(text.utf8)) == nil, "\(scalar.value)")
      }
    }
  }

  @Test("UTF-8 cut short by the end of all bytes is refused without reading past it")
  func cutScalar() {
    let text = Array("\"😀".utf8)
    for length in 1...text.count { #expect(error(Array(text[..<length])) != nil) }
  }

  // MARK: Depth

  @Test("A depth of 120 is taken and of 121 refused, in arrays, objects and both")
  func depth() {
    func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
      Array(
        (String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
    }
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      #expect(error(nested(120, open, close)) == nil)
      let refusal = error(nested(121, open, close))
      #expect(refusal?.reason == "objects and arrays nest deeper than 120")
      #expect(refusal?.offset == 120 * open.utf8.count)
    }
    #expect(error(nested(60, "[{\"a\":", "}]")) == nil)
    #expect(error(nested(61, "[{\"a\":", "}]")) != nil)
  }

  @Test("Siblings do not add up to depth")
  func siblingsAreNotDepth() {
    let text = "[" + Array(repeating: "[[]]", count: 500).joined(separator: ",") + "]"
    #expect(error(Array(text.utf8), maximumDepth: 3) == nil)
    #expect(error(Array(text.utf8), maximumDepth: 2) != nil)
  }

  @Test("The tree and the closures keep to the same depth")
  func depthOfTree() {
    let deep = String(repeating: "[", count: 121) + String(repeating: "]", count: 121)
    #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(deep.utf8) }
    #expect(throws: Never.self) { try JSONValue.parse(deep.dropFirst().dropLast().utf8) }
  }

  @Test("A hundred thousand open brackets are refused at the limit")
  func manyBrackets() {
    #expect(error(Array(repeating: UInt8(ascii: "["), count: 100_000))?.offset == 120)
  }

  // MARK: Comments

  @Test(
    "Comments count as white space where they are allowed",
    arguments: [
      "// a\n1", "1 // a", "1//", "/* a */ 1", "[1,/* , */2]", "{/**/\"a\"/*b*/:/*c*/1/*d*/}",
      "/***/1", "/* // */1", "// /*\n1", "[ // é\n ]",
    ])
  func comments(_ text: String) {
    #expect(error(Array(text.utf8), allowsComments: true) == nil)
  }

  @Test(
    "Half a comment is refused, and so is a comment in a string's place",
    arguments: ["/", "1/", "/* 1", "/*/1", "/1", "# a\n1", "1 /* /* */ */", "\"//\n"])
  func brokenComments(_ text: String) {
    #expect(error(Array(text.utf8), allowsComments: true) != nil)
  }

  @Test("What looks like a comment in a string is the string's")
  func commentsInStrings() throws {
    #expect(try JSONValue.parse(#"["/* a */","// b"]"#.utf8) == ["/* a */", "// b"])
  }

  // MARK: Pulling

  @Test("Members and elements come in their order with their ranges")
  func pulling() throws {
    let text = Array(#" {"a": [10, "x"], "b\n": {"c": null}, "d": false} "#.utf8)
    var seen: [String] = []
    try text.withUnsafeBytes { raw in
      var reader = JSONReader(raw)
      #expect(try reader.kind() == .object)
      let range = try reader.object { key, reader in
        let name = reader.text(key)
        switch try reader.kind() {
        case .array:
          try reader.array { index, reader in
            seen.append(
              "\(name)[\(index)]=" + String(decoding: raw[try reader.skip()], as: UTF8.self))
          }
        case .object:
          try reader.openObject()
          while let inner = try reader.nextMember() {
            try reader.null()
            seen.append("\(name).\(reader.text(inner))")
          }
        default:
          seen.append("\(name)=\(try reader.bool())")
        }
      }
      try reader.end()
      #expect(range == 1..<text.count - 1)
    }
    #expect(seen == ["a[0]=10", "a[1]=\"x\"", "b\n.c", "d=false"])
  }

  @Test("Asking for a kind that is not there is an error, not a crash")
  func wrongKinds() {
    for text in ["", "1", "\"a\"", "[]", "{}", "null", "true"] {
      Array(text.utf8).withUnsafeBytes { raw in
        let kind = {
          var reader = JSONReader(raw)
          return try? reader.kind()
        }()
        var reader = JSONReader(raw)
        if kind != .string { #expect(throws: JSONSyntaxError.self) { try reader.string() } }
        reader = JSONReader(raw)
        if kind != .number { #expect(throws: JSONSyntaxError.self) { try reader.number() } }
        reader = JSONReader(raw)
        if kind != .bool { #expect(throws: JSONSyntaxError.self) { try reader.bool() } }
        reader = JSONReader(raw)
        if kind != .null { #expect(throws: JSONSyntaxError.self) { try reader.null() } }
        reader = JSONReader(raw)
        if kind != .object { #expect(throws: JSONSyntaxError.self) { try reader.openObject() } }
        reader = JSONReader(raw)
        if kind != .array {
          #expect(throws: JSONSyntaxError.self) { try reader.array { _, _ in } }
        }
      }
    }
  }

  @Test("An empty buffer without an address is refused")
  func noBytes() {
    var reader = JSONReader(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(throws: JSONSyntaxError.self) { try reader.skip() }
  }

  // MARK: Text

  @Test("Escapes say what they say")
  func escapes() throws {
    let expected: [(String, [UInt32])] = [
      (#""\"\\\/\b\f\n\r\t""#, [0x22, 0x5C, 0x2F, 8, 12, 10, 13, 9]),
      (#""\u0041\u00e9\u4E16\uFFFF""#, [0x41, 0xE9, 0x4E16, 0xFFFF]),
      (#""\ud83d\ude00""#, [0x1F600]), (#""\uD800\uDC00\uDBFF\uDFFF""#, [0x10000, 0x10FFFF]),
      (#""\ud800""#, [0xFFFD]), (#""\udc00""#, [0xFFFD]), (#""\ud800x""#, [0xFFFD, 0x78]),
      (#""\ud800\ud800\udc00""#, [0xFFFD, 0x10000]), (#""\udc00\ud800""#, [0xFFFD, 0xFFFD]),
      (#""\udc00\udc00""#, [0xFFFD, 0xFFFD]), (#""\udfff\udfff""#, [0xFFFD, 0xFFFD]),
      (#""\ud800\n""#, [0xFFFD, 10]), (#""\ud800\u0041""#, [0xFFFD, 0x41]),
      (#""a\u0000b""#, [0x61, 0, 0x62]), (#""é\né""#, [0xE9, 10, 0xE9]),
    ]
    for (text, scalars) in expected {
      let value = try JSONValue.parse(text.utf8)
      #expect(value.stringValue?.unicodeScalars.map(\.value) == scalars, "\(text)")
    }
  }

  @Test("A string equals a literal by what it says, scalar by scalar")
  func equality() throws {
    func equals(_ text: String, _ literal: StaticString) throws -> Bool {
      try Array(text.utf8).withUnsafeBytes { raw in
        var reader = JSONReader(raw)
        return reader.equals(try reader.string(), literal)
      }
    }
    #expect(try equals(#""name""#, "name"))
    #expect(try equals(#""n\u0061me""#, "name"))
    #expect(try equals(#""\u006e\u0061\u006d\u0065""#, "name"))
    #expect(try !equals(#""names""#, "name"))
    #expect(try !equals(#""Name""#, "name"))
    #expect(try !equals(#""nam\u0045""#, "name"))
    #expect(try !equals(#""name\u0000""#, "name"))
    // The Kelvin sign is canonically equivalent to K.
    #expect(try !equals(#""\u212A""#, "K"))
    #expect(try !equals("\"\u{212A}\"", "K"))
  }

  @Test("An error's place is its line and column, from 1")
  func places() {
    let bytes = Array("{\n  \"a\": 1,\n  b\n}".utf8)
    let error = error(bytes)
    #expect(error?.place(in: bytes).line == 3)
    #expect(error?.place(in: bytes).column == 3)
    #expect(error?.description == "a string was expected, at byte 14")
  }
}
