import Synchronization
import Testing

@testable import GatewayKit

@Suite("Questions that wait for a legacy client")
struct PendingInputsTests {
  private final class Owner {}

  private let inputs = PendingInputs()
  private let session = SessionNumber()

  private func add(_ session: SessionNumber? = nil, owner: Owner? = nil) -> [UInt8]? {
    inputs.add(
      session ?? self.session, backend: "b", owner: owner.map(ObjectIdentifier.init)
    ) { _, _ in }
  }

  @Test("An answer is taken once")
  func once() throws {
    let id = try #require(add())
    #expect(inputs.take(session, id: id) != nil)
    #expect(inputs.take(session, id: id) == nil && inputs.count == 0)
  }

  @Test("An answer is taken only in the session that was asked, for the very id")
  func inItsSession() throws {
    let id = try #require(add())
    #expect(inputs.take(SessionNumber(), id: id) == nil)
    for other in [Array(id.dropFirst().dropLast()), id + [0x20], Array("1".utf8), []] {
      #expect(inputs.take(session, id: other) == nil)
    }
    #expect(inputs.take(session, id: id) != nil)
  }

  @Test("What takes the answer is that of the question")
  func takes() throws {
    let seen = Mutex<[String]>([])
    var ids: [[UInt8]] = []
    for name in ["first", "second"] {
      let id = inputs.add(session, backend: "b", owner: nil) { message, _ in
        seen.withLock { $0.append("\(name) \(String(decoding: message, as: UTF8.self))") }
      }
      ids.append(try #require(id))
    }
    let message = try ScannedMessage(#"{"jsonrpc":"2.0","id":1,"result":{}}"#)
    inputs.take(session, id: ids[1])?(message.bytes, message.envelope)
    #expect(seen.withLock { $0 } == [#"second {"jsonrpc":"2.0","id":1,"result":{}}"#])
    #expect(Set(ids).count == 2 && ids.allSatisfy { $0.starts(with: Array("\"b/".utf8)) })
  }

  @Test("One session can have only so many, and others go on")
  func limits() throws {
    let ids = (0..<PendingInputs.limit).compactMap { _ in add() }
    #expect(ids.count == PendingInputs.limit)
    #expect(add() == nil)
    #expect(add(SessionNumber()) != nil)
    _ = inputs.take(session, id: ids[0])
    #expect(add() != nil && add() == nil)
  }

  @Test("Whoever asked takes its questions with it when it goes, and no other's")
  func forgets() throws {
    let (owner, other) = (Owner(), Owner())
    let own = try #require(add(owner: owner))
    let others = try #require(add(owner: other))
    inputs.forget(owner: ObjectIdentifier(owner))
    #expect(inputs.take(session, id: own) == nil && inputs.count == 1)
    #expect(inputs.take(session, id: others) != nil)
    // An owner that has gone is forgotten altogether: its address may be another's next.
    inputs.forget(owner: ObjectIdentifier(other))
    for _ in 0..<PendingInputs.limit { #expect(add(owner: owner) != nil) }
    inputs.forget(owner: ObjectIdentifier(owner))
    #expect(inputs.count == 0 && add() != nil)
  }
}
