import Testing

@testable import GatewayKit

@Suite("Messages with the ids of tasks in them")
struct TaskMessagesTests {
  private let ids = TaskIDs(secrets: [Array("a secret of the tests".utf8)])
  private let ada = Principal.user(id: "ada")
  private var messages: TaskMessages {
    TaskMessages(ids, principal: ada, backend: "b", tool: "run")
  }
  private var sealed: String {
    ids.seal(TaskIDs.Task(id: "t-1", backend: "b", tool: "run"), of: ada)
  }

  static let templates = [
    #"{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"ID","status":"working"}}}"#,
    #"{"jsonrpc":"2.0","id":1,"result":{"taskId":"ID","resultType":"task"}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"ID","n":1.0}}"#,
    #"{"jsonrpc":"2.0","id":1,"result":{"content":[],"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"ID"}}}}"#,
    #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"_meta":{"x":1,"io.modelcontextprotocol/related-task":{"taskId":"ID"}}}}"#,
  ]

  @Test("The client sees sealed ids, the backend its own", arguments: templates)
  func exchanges(_ template: String) {
    let (own, theirs) = (
      template.replacing("ID", with: "t-1"), template.replacing("ID", with: sealed)
    )
    #expect(String(decoding: messages.forClient(Array(own.utf8)), as: UTF8.self) == theirs)
    #expect(String(decoding: messages.forBackend(Array(theirs.utf8)), as: UTF8.self) == own)
  }

  @Test(
    "What a tool says is not looked into",
    arguments: [
      #"{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"taskId" : "t-1"}}}"#,
      #"{"jsonrpc":"2.0","id":1,"result":{"content":[ ]}}"#,
      #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"taskId"}}"#, "no JSON with taskId\"",
    ])
  func leaves(_ text: String) throws {
    let kept = messages.forClient(Array(text.utf8))
    let (new, old) = (try? JSONValue.parse(kept), try? JSONValue.parse(text.utf8))
    #expect(new == old)
    if old == nil { #expect(kept == Array(text.utf8)) }
  }

  @Test("Another's id does not reach the backend as its task")
  func keepsOthers() {
    let foreign = ids.seal(TaskIDs.Task(id: "t-1", backend: "b", tool: "run"), of: .static)
    let text = Self.templates[2].replacing("ID", with: foreign)
    #expect(String(decoding: messages.forBackend(Array(text.utf8)), as: UTF8.self) == text)
  }
}
