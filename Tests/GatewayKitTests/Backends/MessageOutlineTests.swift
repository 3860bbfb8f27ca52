import Testing

@testable import GatewayKit

@Suite("What can be told of a message that is not kept")
struct MessageOutlineTests {
  private func outline(_ text: String, parts size: Int = .max) -> MessageOutline {
    var outline = MessageOutline(endless: 1000)
    let bytes = Array(text.utf8)
    let size = max(1, min(size, bytes.count))
    for start in stride(from: 0, to: bytes.count, by: size) {
      bytes[start..<min(bytes.count, start + size)].withUnsafeBytes { outline.take($0) }
    }
    return outline
  }

  @Test(
    "an answer's id is found wherever it stands, and in whatever parts it comes",
    arguments: [
      #"{"jsonrpc":"2.0","id":7,"result":{"x":"y"}}"#,
      #"{"result":{"id":1,"a":["{\"id\":2}",{"id":3}]},"id":7}"#,
      #"{"result":{},"id" : 7 , "jsonrpc":"2.0"}"#,
      #"{"error":{"message":"\\\"id\":1,"},"id":7,"x":[]}"#,
      #"{"x":"\",\"id\":1,\"","id":7,"result":0}"#,
      #"{"id":7,"result":[[[[1}"#,
    ])
  func answers(_ text: String) {
    for size in [1, 2, 3, 5, Int.max] {
      #expect(outline(text, parts: size).answered == (text.hasSuffix("[1}") ? nil : 7))
    }
    #expect(!outline(text).isUnasked)
  }

  @Test(
    "what has a method is no answer, whatever its id",
    arguments: [
      #"{"id":7,"method":"sampling/createMessage","params":{}}"#,
      #"{"method":"notifications/message","params":{"id":7}}"#,
      #"{"id":7,"result":{},"method":"x"}"#,
    ])
  func unasked(_ text: String) {
    #expect(outline(text).answered == nil)
    #expect(outline(text).isUnasked)
  }

  @Test(
    "no id is made up",
    arguments: [
      "xxxx", "", "[7]", #"[{"id":7,"result":{}}]"#, #""id":7,"result":{}}"#,
      #"{"id":"7","result":{}}"#, #"{"id":[7],"result":{}}"#, #"{"id":7.5,"result":{}}"#,
      #"{"id":-7,"result":{}}"#, #"{"id":null,"error":{}}"#, #"{"id":7}"#,
      #"{"id":7,"result":{},"id":8}"#, #"{"result":{"id":7}}"#, #"{"result":"\"id\":7"}"#,
      #"{"id":77777777777777777777777777777777777777777,"result":{}}"#,
    ])
  func nothing(_ text: String) {
    #expect(outline(text).answered == nil)
    #expect(!outline(text).isUnasked)
  }

  @Test("a message is endless from a size on")
  func endless() {
    #expect(!outline(String(repeating: "x", count: 1000)).isEndless)
    #expect(outline(String(repeating: "x", count: 1001)).isEndless)
  }
}
