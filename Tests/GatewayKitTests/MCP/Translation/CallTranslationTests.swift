import Testing

@testable import GatewayKit

@Suite("A backend's messages on their way to a call's client")
struct CallTranslationTests {
  /// What a message comes to, in a word and with its text.
  private func take(_ message: String, _ translation: CallTranslation) -> String {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    return switch translation.take(Array(message.utf8)) {
    case .notification(let bytes): "notification \(text(bytes))"
    case .response(let bytes): "response \(text(bytes))"
    case .request(let request): "request \(request.methodName) \(text(request.id))"
    case .inputRequired(let input): "inputRequired \(input.requests.map(\.key))"
    case .news(let bytes): "news \(text(bytes))"
    case .withdrawn(let id): "withdrawn \(text(id))"
    case .nothing: "nothing"
    case .invalid: "invalid"
    }
  }

  private func translation(
    _ direction: CallTranslation.Direction, id: String = "1", ownID: String? = nil,
    token: String? = nil, ownToken: String? = nil, level: LogLevel? = nil
  ) -> CallTranslation {
    CallTranslation(
      direction, method: .toolsCall, id: Array(id.utf8), ownID: ownID.map { Array($0.utf8) },
      progressToken: token.map { Array($0.utf8) },
      ownProgressToken: ownToken.map { Array($0.utf8) }, logLevel: level)
  }

  private static let directions: [CallTranslation.Direction] = [
    .none, .toLegacyClient, .toModernClient,
  ]

  // MARK: Responses

  @Test("Only the response to the very request is one", arguments: directions)
  func matchesIDs(_ direction: CallTranslation.Direction) {
    let result = #"{"jsonrpc":"2.0","id":ID,"result":{"resultType":"complete"}}"#
    for (id, isOurs) in [("1", true), (#""1""#, false), ("2", false), ("1.0", false)] {
      let taken = take(result.replacing("ID", with: id), translation(direction))
      #expect(taken.hasPrefix("response") == isOurs, "\(id): \(taken)")
    }
    let own = translation(direction, id: #""c""#, ownID: "7")
    #expect(take(result.replacing("ID", with: #""c""#), own) == "nothing")
    #expect(take(result.replacing("ID", with: "7"), own).contains(#""id":"c""#))
  }

  @Test("An error without an id answers the request", arguments: directions)
  func takesErrors(_ direction: CallTranslation.Direction) {
    let error = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#
    #expect(take(error, translation(direction)).hasPrefix("response"))
  }

  @Test(
    "A modern backend's question is asked of a legacy client, and told to a modern one as it is")
  func asks() {
    let message =
      #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"}}}}"#
    #expect(take(message, translation(.toLegacyClient)) == #"inputRequired ["a"]"#)
    #expect(take(message, translation(.none)) == "response \(message)")
    let bad = #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required"}}"#
    #expect(take(bad, translation(.toLegacyClient)) == "invalid")
  }

  @Test("A legacy backend's error that wants URLs visited asks a modern client")
  func asksForURLs() {
    let message =
      #"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m","data":{"elicitations":[{"mode":"url","url":"https://a"},{"mode":"url","url":"https://b"}]}}}"#
    #expect(take(message, translation(.toModernClient)) == #"inputRequired ["url-1", "url-2"]"#)
    #expect(take(message, translation(.none)) == "response \(message)")
    for empty in [
      message.replacing("-32042", with: "-32041"),
      #"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m","data":{"elicitations":[]}}}"#,
      #"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m"}}"#,
    ] {
      #expect(take(empty, translation(.toModernClient)).hasPrefix("response"), "\(empty)")
    }
  }

  @Test("The identifiers of those questions stay behind: they are the legacy era's own")
  func stripsIdentifiers() {
    let message =
      #"{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"m","data":{"elicitations":[{"mode":"url","elicitationId":"e","url":"https://a"}]}}}"#
    guard case .inputRequired(let input) = translation(.toModernClient).take(Array(message.utf8))
    else {
      Issue.record("it asks nothing")
      return
    }
    #expect(
      input.requests.map { $0.params.map { JSONValue.object($0) } }
        == [["mode": "url", "url": "https://a"]])
  }

  // MARK: Requests

  @Test("A backend's request is one, with its id", arguments: directions)
  func requests(_ direction: CallTranslation.Direction) {
    let message = #"{"jsonrpc":"2.0","id":"q1","method":"elicitation/create","params":{}}"#
    #expect(take(message, translation(direction)) == #"request elicitation/create "q1""#)
    #expect(
      take(#"{"jsonrpc":"2.0","id":0,"method":"x/y"}"#, translation(direction)) == "request x/y 0")
  }

  @Test("A question is withdrawn by its id", arguments: directions)
  func withdraws(_ direction: CallTranslation.Direction) {
    let method = #""method":"notifications/cancelled""#
    #expect(
      take(#"{"jsonrpc":"2.0",\#(method),"params":{"requestId":"q1"}}"#, translation(direction))
        == #"withdrawn "q1""#)
    #expect(take(#"{"jsonrpc":"2.0",\#(method)}"#, translation(direction)) == "nothing")
  }

  // MARK: Notifications

  @Test(
    "Progress comes under the client's own token, and none of another call's", arguments: directions
  )
  func progresses(_ direction: CallTranslation.Direction) {
    let progress =
      #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1.50}}"#
    #expect(take(progress, translation(direction, token: #""p""#)) == "notification \(progress)")
    #expect(
      take(progress, translation(direction, token: #""p""#, ownToken: "7"))
        == "notification \(progress.replacing(":7,", with: #":"p","#))")
    #expect(take(progress, translation(direction, token: #""p""#, ownToken: "8")) == "nothing")
    #expect(take(progress, translation(direction, ownToken: "7")) == "nothing")
  }

  @Test("Log messages come from the wanted level on")
  func logs() {
    func message(_ level: String) -> String {
      #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":\#(level),"data":1}}"#
    }
    for level in LogLevel.allCases {
      let text = message("\"\(level.rawValue)\"")
      let isWanted = level >= .warning
      for direction in Self.directions {
        #expect(
          take(text, translation(direction, level: .warning))
            == (isWanted ? "notification \(text)" : "nothing"), "\(level) \(direction)")
      }
      #expect(take(text, translation(.toModernClient)) == "nothing")
      #expect(take(text, translation(.none)) == "notification \(text)")
    }
    for odd in [message(#""loud""#), message("3"), message(#""""#)] {
      #expect(take(odd, translation(.toModernClient, level: .debug)) == "nothing", "\(odd)")
    }
  }

  @Test(
    "What tells of lists and resources is news, unless the parties are of one era",
    arguments: [
      "notifications/tools/list_changed", "notifications/prompts/list_changed",
      "notifications/resources/list_changed", "notifications/resources/updated",
    ])
  func news(_ method: String) {
    let message = #"{"jsonrpc":"2.0","method":"\#(method)","params":{"uri":"a://b"}}"#
    #expect(take(message, translation(.toModernClient)) == "news \(message)")
    #expect(take(message, translation(.toLegacyClient)) == "news \(message)")
    #expect(take(message, translation(.none)) == "notification \(message)")
  }

  @Test("An unknown notification is for legacy clients alone")
  func unknown() {
    let message = #"{"jsonrpc":"2.0","method":"notifications/x","params":{}}"#
    #expect(take(message, translation(.toModernClient)) == "nothing")
    #expect(take(message, translation(.toLegacyClient)) == "notification \(message)")
    #expect(take(message, translation(.none)) == "notification \(message)")
  }

  @Test(
    "What is no message is told",
    arguments: ["", "x", "[]", "{}", #"{"jsonrpc":"1.0","id":1,"result":{}}"#])
  func invalid(_ text: String) {
    #expect(take(text, translation(.none)) == "invalid")
  }

  // MARK: Retries

  @Test("After a retry the backend's id stays, and the client's new id, token and level hold")
  func retries() {
    let call = translation(.toModernClient, id: "1", ownID: "7", token: #""p""#, ownToken: "7")
      .forRetry(id: Array("2".utf8), progressToken: Array(#""q""#.utf8), logLevel: .error)
    let result = #"{"jsonrpc":"2.0","id":7,"result":{}}"#
    #expect(take(result, call).contains(#""id":2"#))
    let progress =
      #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7}}"#
    #expect(take(progress, call).contains(#""progressToken":"q""#))
    #expect(call.logLevel == .error)
    // Where the backend knew the request by the client's own, those were the first request's.
    let plain = translation(.toModernClient, id: "1", token: "7")
      .forRetry(id: Array("2".utf8), progressToken: Array("8".utf8), logLevel: nil)
    #expect(take(progress, plain) == "notification \(progress.replacing("7", with: "8"))")
    #expect(take(result.replacing("7", with: "1"), plain).contains(#""id":2"#))
    #expect(take(result.replacing("7", with: "2"), plain) == "nothing")
  }

  @Test("What is written for the request that was sent last is told from what is not")
  func carriesID() {
    func carries(_ message: String) -> Bool {
      translation(.toModernClient, level: .debug).take(Array(message.utf8)).carriesID
    }
    #expect(carries(#"{"jsonrpc":"2.0","id":1,"result":{}}"#))
    #expect(
      carries(#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}"#))
    #expect(!carries(#"{"jsonrpc":"2.0","id":9,"method":"ping"}"#))
    #expect(!carries(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#))
    #expect(!carries("x"))
  }
}
