import GatewayKit
import Testing

@Suite("Envelope scanner")
struct EnvelopeScannerTests {
  private struct Scanned {
    let envelope: Envelope
    let bytes: [UInt8]

    func raw(_ range: Range<Int>?) -> String? {
      range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    func text(_ string: JSONString?) -> String? {
      string.map { string in bytes.withUnsafeBytes { JSONReader($0).text(string) } }
    }
  }

  private func scan(_ text: String) throws(EnvelopeError) -> Scanned {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(EnvelopeError) in try EnvelopeScanner.scan(raw) }
    }
    return Scanned(envelope: try result.get(), bytes: bytes)
  }

  private func error(_ text: String) -> EnvelopeError? {
    do throws(EnvelopeError) {
      _ = try scan(text)
      return nil
    } catch {
      return error
    }
  }

  // MARK: What is found

  @Test("A call's parts are found where they lie")
  func call() throws {
    let scanned = try scan(
      #"""
      {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"get","arguments":{"a":1.50},
      "_meta":{"progressToken":"t","x":1}}}
      """#)
    let envelope = scanned.envelope
    #expect(envelope.kind == .request)
    #expect(envelope.method == .toolsCall)
    #expect(scanned.raw(envelope.methodRange) == "tools/call")
    #expect(scanned.raw(envelope.id) == "17")
    #expect(scanned.text(envelope.name) == "get")
    #expect(scanned.raw(envelope.arguments) == #"{"a":1.50}"#)
    #expect(scanned.raw(envelope.meta) == #"{"progressToken":"t","x":1}"#)
    #expect(scanned.raw(envelope.progressToken) == #""t""#)
    #expect(scanned.raw(envelope.params)?.hasPrefix(#"{"name":"get","#) == true)
    #expect(scanned.raw(envelope.params)?.hasSuffix("}}") == true)
    #expect(envelope.uri == nil)
    #expect(scanned.text(envelope.operand) == "get")
    #expect(envelope.protocolVersion == nil)
  }

  @Test("The members of a modern request's _meta are found")
  func modern() throws {
    let scanned = try scan(
      #"""
      {"params":{"_meta":{"io.modelcontextprotocol/logLevel":"debug",
      "io.modelcontextprotocol/clientInfo":{"name":"c"},"traceparent":"00",
      "io.modelcontextprotocol/clientCapabilities":{"roots":{}},"progressToken":0,
      "io.modelcontextprotocol/protocolVersion":"2026-07-28"},"uri":"file:///a"},
      "method":"resources/read","id":"x","jsonrpc":"2.0"}
      """#)
    let envelope = scanned.envelope
    #expect(scanned.text(envelope.logLevel) == "debug")
    #expect(scanned.raw(envelope.clientInfo) == #"{"name":"c"}"#)
    #expect(scanned.raw(envelope.clientCapabilities) == #"{"roots":{}}"#)
    #expect(scanned.text(envelope.protocolVersion) == "2026-07-28")
    #expect(scanned.raw(envelope.progressToken) == "0")
    #expect(scanned.text(envelope.uri) == "file:///a")
    #expect(scanned.text(envelope.operand) == "file:///a")
    #expect(scanned.raw(envelope.id) == #""x""#)
  }

  @Test("Only the members of the message itself count, not those of the same name further in")
  func nested() throws {
    let scanned = try scan(
      #"""
      {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"outer","arguments":{
      "name":"inner","NAME":1,"name":2,"id":3,"id":4,"_meta":{"progressToken":5},
      "params":{"name":"deep"},"method":"ping","jsonrpc":"1.0","error":{}}}}
      """#)
    #expect(scanned.text(scanned.envelope.name) == "outer")
    #expect(scanned.raw(scanned.envelope.id) == "1")
    #expect(scanned.envelope.progressToken == nil)
    #expect(scanned.envelope.method == .toolsCall)
  }

  @Test("A completion's reference is a prompt's name or a template's uri, not both")
  func references() throws {
    let prompt = try scan(completion(#"{"type":"ref/prompt","name":"p"}"#))
    #expect(prompt.text(prompt.envelope.refName) == "p")
    #expect(prompt.text(prompt.envelope.operand) == "p")
    #expect(prompt.envelope.name == nil)
    let template = try scan(completion(#"{"type":"ref/resource","uri":"a://{b}"}"#))
    #expect(template.text(template.envelope.refURI) == "a://{b}")
    #expect(template.text(template.envelope.operand) == "a://{b}")
    #expect(
      error(completion(#"{"name":"p","uri":"a://b"}"#))
        == .badMember("params.ref has both a name and a uri"))
    #expect(
      error(completion(#"{"name":"p","name":"q"}"#)) == .duplicateKey("name"))
    #expect(error(completion(#"{"Name":"p"}"#)) == .caseVariantKey("name"))
    #expect(error(completion(#"["p"]"#)) == .badMember("params.ref must be an object"))
  }

  private func completion(_ ref: String) -> String {
    #"{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":\#(ref)}}"#
  }

  @Test("Notifications and responses are told from requests")
  func kinds() throws {
    let cancelled = try scan(
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"7"}}"#)
    #expect(cancelled.envelope.kind == .notification)
    #expect(cancelled.raw(cancelled.envelope.requestID) == #""7""#)
    let progress = try scan(
      #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3}}"#)
    #expect(progress.raw(progress.envelope.notifiedProgressToken) == "3")
    #expect(progress.envelope.progressToken == nil)
    let result = try scan(#"{"jsonrpc":"2.0","id":3,"result":{}}"#)
    #expect(result.envelope.kind == .response)
    #expect(result.raw(result.envelope.id) == "3")
    #expect(result.envelope.methodRange == nil)
    let failure = try scan(#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#)
    #expect(failure.envelope.kind == .response)
    #expect(failure.envelope.id == nil)
    #expect(try scan(#"{"jsonrpc":"2.0","error":{}}"#).envelope.kind == .response)
  }

  @Test(
    "An id keeps its type and spelling",
    arguments: [
      "0", "1", "-1", "\"1\"", "\"\"", "9007199254740991", "-9007199254740991",
      "123456789012345678901234567890", #""\u0031""#, "\"é\"", "-0",
    ])
  func ids(_ id: String) throws {
    let scanned = try scan(#"{"jsonrpc":"2.0","id": \#(id) ,"method":"ping"}"#)
    #expect(scanned.raw(scanned.envelope.id) == id)
  }

  @Test("A method that no revision has is kept by its name alone")
  func unknownMethods() throws {
    for name in ["tools/Call", "tools/calls", "", "tools", "TOOLS/CALL", "é", "tools/call\\u0000"] {
      let scanned = try scan(#"{"jsonrpc":"2.0","id":1,"method":"\#(name)"}"#)
      #expect(scanned.envelope.method == nil, "\(name)")
      #expect(scanned.raw(scanned.envelope.methodRange) == name)
    }
  }

  @Test("Every method is known by its name, escaped or not")
  func methods() throws {
    for method in Method.allCases {
      let plain = try scan(#"{"jsonrpc":"2.0","id":1,"method":"\#(method.name)"}"#)
      #expect(plain.envelope.method == method)
      // As PHP's json_encode writes it.
      let slashed = method.name.split(separator: "/").joined(separator: "\\/")
      let escaped = try scan(#"{"jsonrpc":"2.0","id":1,"method":"\#(slashed)"}"#)
      #expect(escaped.envelope.method == method)
      #expect(escaped.text(escaped.envelope.methodName) == method.name)
    }
  }

  // MARK: Keys that guards depend on

  static let messageKeys = [
    ("jsonrpc", "\"2.0\""), ("id", "1"), ("method", "\"tools/call\""), ("params", "{}"),
  ]
  static let paramsKeys = [
    ("name", "\"n\""), ("uri", "\"u\""), ("ref", "{}"), ("arguments", "{}"), ("_meta", "{}"),
    ("requestId", "1"), ("progressToken", "1"),
  ]
  static let metaKeys = [
    ("progressToken", "1"), ("io.modelcontextprotocol/protocolVersion", "\"v\""),
    ("io.modelcontextprotocol/clientCapabilities", "{}"),
    ("io.modelcontextprotocol/clientInfo", "{}"), ("io.modelcontextprotocol/logLevel", "\"l\""),
  ]

  private func message(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  /// Messages that have a further member at the front and at the end of an object.
  private func variants(
    of place: Int, with key: String, _ value: String
  ) -> [String] {
    [true, false].map { isFirst in
      var parts = [Self.messageKeys.dropLast(), Self.paramsKeys[...], Self.metaKeys[...]].map(
        Array.init)
      parts[place].insert((key, value), at: isFirst ? 0 : parts[place].count)
      let params = parts[1].map { name, value in
        (name, name == "_meta" ? message(parts[2]) : value)
      }
      return message(parts[0] + [("params", message(params))])
    }
  }

  @Test("Each tracked key is refused when it comes twice, spelled out or escaped")
  func duplicates() {
    for (place, keys) in [Self.messageKeys, Self.paramsKeys, Self.metaKeys].enumerated() {
      for (key, value) in keys where key != "_meta" {
        for spelling in Self.spellings(of: key) {
          for text in variants(of: place, with: spelling, value) {
            #expect(error(text) == .duplicateKey(key), "\(text)")
          }
        }
      }
    }
    #expect(
      error(#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{},"\u005fmeta":{}}}"#)
        == .duplicateKey("_meta"))
    #expect(error(#"{"jsonrpc":"2.0","id":1,"result":1,"result":2}"#) == .duplicateKey("result"))
    #expect(error(#"{"jsonrpc":"2.0","id":1,"error":1,"err\u006fr":2}"#) == .duplicateKey("error"))
  }

  /// The key itself, and with one letter or all written as escapes.
  private static func spellings(of key: String) -> [String] {
    let escaped = key.utf8.map { byte in
      "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    var spellings = [key, escaped.joined()]
    for index in escaped.indices {
      var letters = key.map(String.init)
      letters[index] = escaped[index]
      spellings.append(letters.joined())
    }
    return spellings
  }

  @Test("Each tracked key is refused in other letters, also where nothing else has the name")
  func caseVariants() {
    for (place, keys) in [Self.messageKeys, Self.paramsKeys, Self.metaKeys].enumerated() {
      for (key, value) in keys {
        for variant in Self.caseVariants(of: key) {
          for text in variants(of: place, with: variant, value) {
            let error = error(text)
            #expect(error == .caseVariantKey(key) || error == .duplicateKey(key), "\(text)")
            if variants(of: place, with: variant, value).first == text {
              #expect(error == .caseVariantKey(key), "\(text)")
            }
          }
        }
      }
    }
    #expect(error(#"{"jsonrpc":"2.0","ID":1,"method":"ping"}"#) == .caseVariantKey("id"))
    #expect(error(#"{"jsonrpc":"2.0","id":1,"Result":1}"#) == .caseVariantKey("result"))
  }

  /// Upper case, one letter changed, that letter escaped; and what folds to a letter beyond ASCII.
  private static func caseVariants(of key: String) -> [String] {
    var variants = [key.uppercased()]
    for index in key.indices where key[index].isLowercase {
      let upper = key[index].uppercased()
      variants.append(key[..<index] + upper + key[key.index(after: index)...])
    }
    if let first = key.first(where: \.isLowercase) {
      let code = String(first.uppercased().utf8.first ?? 0, radix: 16)
      variants.append(key.replacing("\(first)", with: "\\u00\(code)", maxReplacements: 1))
    }
    for (letters, folded) in [
      ("s", "\u{17F}"), ("s", "\\u017f"), ("k", "\u{212A}"), ("k", "\\u212A"), ("i", "\u{130}"),
      ("i", "\u{131}"), ("ss", "\u{DF}"), ("ss", "\\u1e9e"), ("st", "\u{FB06}"), ("st", "\u{FB05}"),
    ] where key.contains(letters) {
      variants.append(key.replacing(letters, with: folded))
    }
    return variants
  }

  @Test("Names that are only like tracked ones are nobody's concern")
  func otherKeys() throws {
    for key in [
      "jsonrp", "jsonrpcs", "i", "d", "ids", "metho", "methods", "param", "paramss", "résult",
      "meta", "__meta", "", "ſ", "naméd", "\u{65E5}", "i\\u0000d", "id ", " id", "result\\n",
    ] {
      _ = try scan(#"{"jsonrpc":"2.0","id":1,"method":"ping","\#(key)":[{}],"\#(key)":1}"#)
    }
  }

  // MARK: Refusals

  static let refusals: [(String, EnvelopeError)] = [
    ("[]", .batch), ("[{}]", .batch), (" [", .batch), ("1", .notAnObject), ("\"a\"", .notAnObject),
    ("null", .notAnObject), ("true", .notAnObject), ("{}", .wrongVersion),
    (#"{"id":1,"method":"ping"}"#, .wrongVersion),
    (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, .wrongVersion),
    (#"{"jsonrpc":"2.00","id":1,"method":"ping"}"#, .wrongVersion),
    (#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, .wrongVersion),
    (#"{"jsonrpc":null,"id":1,"method":"ping"}"#, .wrongVersion),
    (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":1e3,"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, .badID),
    (#"{"jsonrpc":"2.0","id":null,"result":{}}"#, .badID),
    (#"{"jsonrpc":"2.0","result":{}}"#, .badID),
    (#"{"jsonrpc":"2.0"}"#, .noMessage), (#"{"jsonrpc":"2.0","id":1}"#, .noMessage),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, .noMessage),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","error":{}}"#, .noMessage),
    (#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, .noMessage),
    (#"{"jsonrpc":"2.0","id":1,"method":1}"#, .badMember("method must be a string")),
    (#"{"jsonrpc":"2.0","id":1,"method":null}"#, .badMember("method must be a string")),
    (#"{"jsonrpc":"2.0","id":1,"params":[]}"#, .badMember("params must be an object")),
    (#"{"jsonrpc":"2.0","id":1,"params":null}"#, .badMember("params must be an object")),
    (#"{"jsonrpc":"2.0","params":{"name":1}}"#, .badMember("params.name must be a string")),
    (#"{"jsonrpc":"2.0","params":{"name":null}}"#, .badMember("params.name must be a string")),
    (#"{"jsonrpc":"2.0","params":{"uri":{}}}"#, .badMember("params.uri must be a string")),
    (#"{"jsonrpc":"2.0","params":{"_meta":1}}"#, .badMember("params._meta must be an object")),
    (
      #"{"jsonrpc":"2.0","params":{"_meta":{"progressToken":{}}}}"#,
      .badMember("_meta progressToken must be a string or a whole number")
    ),
    (
      #"{"jsonrpc":"2.0","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":1}}}"#,
      .badMember("_meta protocolVersion must be a string")
    ),
    (
      #"{"jsonrpc":"2.0","params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":[]}}}"#,
      .badMember("_meta clientCapabilities must be an object")
    ),
  ]

  @Test("What is no message is refused by name", arguments: refusals)
  func refused(_ text: String, _ expected: EnvelopeError) {
    #expect(error(text) == expected)
  }

  @Test("Broken JSON anywhere in a message is a syntax error, also where nobody looks")
  func syntaxErrors() {
    for text in [
      "", " ", "{", #"{"jsonrpc":"2.0","id":1,"method":"ping""#,
      #"{"jsonrpc":"2.0","id":1,"method":"ping"}}"#, #"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#,
      #"{"jsonrpc":"2.0","id":01,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":1,"x":[1,]}"#,
      #"{"jsonrpc":"2.0","id":1,"params":{"arguments":{"a":tru}}}"#,
      #"{"jsonrpc":"2.0","id":1,"params":{"_meta":{"x":"\q"}}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"ping",}"#, "{\"a\":\"\u{1}\"}", #"{"id":1 "a":2}"#,
    ] {
      guard case .syntax = error(text) else {
        Issue.record("\(text) is \(error(text).map { "\($0)" } ?? "taken")")
        continue
      }
    }
  }

  @Test("Each refusal has JSON-RPC's code and a message that says what is wrong")
  func rpcErrors() {
    #expect(error("{")?.rpcError.code == -32700)
    for (text, expected) in Self.refusals {
      let code = error(text)?.rpcError.code
      if case .badMember = expected { #expect(code == -32602) } else { #expect(code == -32600) }
      #expect(error(text)?.rpcError.message.isEmpty == false)
    }
    let duplicate = error(#"{"jsonrpc":"2.0","id":1,"id":2}"#)?.rpcError
    #expect(duplicate?.code == -32600)
    #expect(duplicate?.message == "Invalid request: the member id comes twice")
  }

  @Test("The depth of a message is limited to what is asked")
  func depth() {
    func call(_ depth: Int) -> [UInt8] {
      Array(
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":"#
          + String(repeating: "[", count: depth - 2) + String(repeating: "]", count: depth - 2)
          + "}}").utf8)
    }
    func isTaken(_ depth: Int, _ limit: Int) -> Bool {
      call(depth).withUnsafeBytes { (try? EnvelopeScanner.scan($0, maximumDepth: limit)) != nil }
    }
    #expect(isTaken(120, 120))
    #expect(!isTaken(121, 120))
    #expect(isTaken(10, 10))
    #expect(!isTaken(11, 10))
  }

  // MARK: The id of a refused request

  @Test("The id of a refused request is found where it is beyond doubt")
  func refusedIDs() {
    func id(_ text: String) -> String? {
      let bytes = Array(text.utf8)
      return bytes.withUnsafeBytes { EnvelopeScanner.id(ofRefused: $0) }.map {
        String(decoding: bytes[$0], as: UTF8.self)
      }
    }
    #expect(id(#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#) == "7")
    #expect(id(#"{"jsonrpc":"2.0","id":"a","method":"x","params":{"name":1}}"#) == #""a""#)
    #expect(id(#"{"method":"a","method":"b","i\u0064":-1}"#) == "-1")
    #expect(id(#"{"id":7,"method":"ping","result":{},"Method":1,"ids":1,"iid":1}"#) == "7")
    for text in [
      "", "{", "[]", "1", #"{"id":null}"#, #"{"id":1.5}"#, #"{"id":[]}"#, #"{"id":1,"id":2}"#,
      #"{"id":1,"id":null}"#, #"{"params":{"id":1}}"#, #"{"id":1"#, #"{"id":1}x"#,
      #"{"id":1,"ID":2}"#, #"{"\u0049d":1}"#, #"{"ıd":1,"id":1}"#,
      #"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, #"{"id":1,"Result":{},"result":{}}"#,
    ] {
      #expect(id(text) == nil, "\(text)")
    }
  }
}
