import Testing

@testable import GatewayKit

@Suite("Ids of tasks")
struct TaskIDsTests {
  private let ids = TaskIDs(secrets: [Array("a secret of the tests".utf8)])
  private let task = TaskIDs.Task(id: "t-1 é", backend: "b", tool: "run")
  private let ada = Principal.user(id: "ada")

  @Test("An id opens for whose it is, as what it stands for")
  func opens() {
    #expect(ids.open(ids.seal(task, of: ada), for: ada) == task)
    let again = TaskIDs(secrets: [Array("a secret of the tests".utf8)])
    #expect(again.open(ids.seal(task, of: ada), for: ada) == task)
  }

  @Test("The legacy session that a task was made in is known, until too many others came")
  func holders() {
    let session = SessionNumber()
    _ = ids.seal(TaskIDs.Task(id: "modern", backend: "b", tool: "run"), of: ada)
    func holder(_ id: String, _ backend: String = "b", _ process: SessionNumber? = nil)
      -> SessionNumber?
    {
      ids.holder(of: id, at: backend, process: process)?.session
    }
    let maker = TaskIDs.Maker(session: session, isApart: false)
    let id = ids.seal(task, of: ada, for: maker)
    #expect(ids.holder(of: task.id, at: "b", process: nil)?.id == id)
    #expect(holder(task.id) == session && holder(task.id, "c") == nil && holder("modern") == nil)
    for number in 1...TaskIDs.limit {
      #expect(holder(task.id) == session)
      // Once seen again, it is not new.
      _ = ids.seal(task, of: ada, for: maker)
      let other = TaskIDs.Task(id: "\(number)", backend: "b", tool: "run")
      _ = ids.seal(other, of: ada, for: TaskIDs.Maker(session: SessionNumber(), isApart: false))
    }
    #expect(holder(task.id) == nil && holder("1") != nil)
    // Processes of their own have the same ids.
    let others = [SessionNumber(), SessionNumber()]
    for other in others {
      _ = ids.seal(task, of: ada, for: TaskIDs.Maker(session: other, isApart: true))
    }
    #expect(others.allSatisfy { holder(task.id, "b", $0) == $0 } && holder(task.id) == nil)
  }

  @Test("The same task has the same id each time, any other another")
  func isAlike() {
    let id = ids.seal(task, of: ada)
    #expect(ids.seal(task, of: ada) == id)
    let others = [
      ids.seal(TaskIDs.Task(id: "t-2", backend: "b", tool: "run"), of: ada),
      ids.seal(TaskIDs.Task(id: "t-1 é", backend: "c", tool: "run"), of: ada),
      ids.seal(TaskIDs.Task(id: "t-1 é", backend: "b", tool: "walk"), of: ada),
      ids.seal(task, of: .static),
    ]
    #expect(Set(others + [id]).count == 5)
  }

  @Test("An id is none for anyone else")
  func isBound() {
    let id = ids.seal(task, of: ada)
    let others: [Principal] = [
      .static, .user(id: "eve"), .user(id: "adaa"), .oauth(issuer: "user", subject: "ada"),
    ]
    for other in others { #expect(ids.open(id, for: other) == nil, "\(other)") }
    #expect(TaskIDs(secrets: [Array("another".utf8)]).open(id, for: ada) == nil)
  }

  @Test("An id that was changed anywhere opens no more")
  func isSealed() {
    let id = Array(ids.seal(task, of: ada).utf8)
    for place in id.indices {
      var changed = id
      changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(ids.open(String(decoding: changed, as: UTF8.self), for: ada) == nil, "at \(place)")
    }
    for text in ["", "task.", "t-1", String(decoding: id.dropLast(), as: UTF8.self)] {
      #expect(ids.open(text, for: ada) == nil)
    }
    #expect(
      ids.open("task." + String(repeating: "A", count: 1 << 20), for: ada) == nil)
  }

  @Test("After the secret is rotated older ids still open")
  func rotates() {
    let old = Array("a secret of the tests".utf8)
    let rotated = TaskIDs(secrets: [Array("a newer one".utf8), old])
    #expect(rotated.open(ids.seal(task, of: ada), for: ada) == task)
    #expect(rotated.seal(task, of: ada) != ids.seal(task, of: ada))
  }
}
