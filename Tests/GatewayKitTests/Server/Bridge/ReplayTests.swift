import Testing

@testable import GatewayKit

@Suite("Streams that clients come back to")
struct ReplayTests {
  private let session = SessionNumber()
  private let principal = Principal.user(id: "alice")

  private func stream(_ session: SessionNumber? = nil) -> ReplayStream {
    ReplayStream(session: session ?? self.session, of: principal, call: nil)
  }

  private func texts(_ stream: ReplayStream, after number: UInt64) -> [String] {
    stream.events(after: number).events.map { String(decoding: $0.message, as: UTF8.self) }
  }

  // MARK: One stream

  @Test("What came behind an event is given again, in its order")
  func replays() {
    let stream = stream()
    #expect(stream.events(after: 0).events.isEmpty)
    let numbers = ["a", "b", "c"].map { stream.append(Array($0.utf8)).number }
    #expect(numbers == [1, 2, 3])
    #expect(texts(stream, after: 0) == ["a", "b", "c"] && texts(stream, after: 2) == ["c"])
    #expect(texts(stream, after: 3) == [] && texts(stream, after: .max) == [])
  }

  @Test("It is complete with its last event")
  func completes() {
    let stream = stream()
    _ = stream.append(Array("a".utf8))
    #expect(!stream.events(after: 0).isComplete)
    _ = stream.append(Array("b".utf8), isLast: true)
    #expect(stream.events(after: 0).isComplete && stream.events(after: 2).isComplete)
  }

  @Test("The oldest events go when there are too many bytes, the newest stays however long")
  func isBounded() {
    let stream = stream()
    let quarter = [UInt8](repeating: 0x61, count: ReplayStream.byteLimit / 4)
    for _ in 0..<4 { _ = stream.append(quarter) }
    #expect(stream.events(after: 0).events.map(\.number) == [1, 2, 3, 4])
    _ = stream.append([0x62])
    #expect(stream.events(after: 0).events.map(\.number) == [2, 3, 4, 5])
    _ = stream.append([UInt8](repeating: 0x63, count: ReplayStream.byteLimit * 2))
    #expect(stream.events(after: 0).events.map(\.number) == [6])
    _ = stream.append([0x64])
    #expect(stream.events(after: 0).events.map(\.number) == [7])
  }

  @Test("Its ids are its own")
  func ids() {
    let (one, other) = (stream(), stream())
    #expect(one.number(of: one.id(0)) == 0 && one.number(of: one.id(17)) == 17)
    #expect(one.number(of: other.id(17)) == nil)
    for text in ["", "17", "-17", one.id(1) + "x", one.id(1) + "-1", "x" + one.id(1)] {
      #expect(one.number(of: text) == nil, "\(text)")
    }
  }

  @Test("It is old some time after it was last used")
  func ages() {
    let stream = stream()
    let now = MonotonicClock.seconds
    #expect(!stream.isOld(now + ReplayStream.keptFor - 1))
    #expect(stream.isOld(now + ReplayStream.keptFor + 60))
  }

  // MARK: The table

  @Test("A stream is found by its event's id in its own session alone")
  func finds() throws {
    let table = ReplayTable()
    let (one, other) = (stream(), stream())
    table.add(one)
    table.add(other)
    let found = try #require(table.find(session, of: principal, other.id(5)))
    #expect(found.stream === other && found.number == 5)
    #expect(table.find(SessionNumber(), of: principal, other.id(5)) == nil)
    #expect(table.find(session, of: principal, stream().id(5)) == nil)
    #expect(table.find(session, of: principal, one.id(0))?.stream === one)
  }

  @Test("A principal has only so many streams, its oldest go")
  func boundsCount() {
    let table = ReplayTable()
    let streams = (0...ReplayTable.perPrincipal).map { _ in stream(SessionNumber()) }
    streams.forEach(table.add)
    func find(_ index: Int) -> ReplayStream? {
      table.find(streams[index].session, of: principal, streams[index].id(0))?.stream
    }
    #expect(find(0) == nil)
    #expect(find(1) === streams[1])
  }

  @Test("A principal's streams keep only so many bytes together, another's are its own")
  func boundsBytes() {
    let table = ReplayTable()
    let message = [UInt8](repeating: 0x61, count: ReplayStream.byteLimit)
    let count = ReplayTable.bytesPerPrincipal / message.count
    let other = ReplayStream(session: session, of: .user(id: "bob"), call: nil)
    table.add(other)
    _ = table.append(message, to: other)
    let streams = (0...count).map { _ in stream() }
    for stream in streams {
      table.add(stream)
      _ = table.append(message, to: stream)
    }
    #expect(table.find(session, of: principal, streams[0].id(0)) == nil)
    #expect(streams[0].events(after: 0).events.isEmpty)
    #expect(table.append(message, to: streams[0]) == 2)
    #expect(streams[0].events(after: 0).events.isEmpty)
    #expect(table.find(session, of: principal, streams[1].id(0)) != nil)
    #expect(other.events(after: 0).events.count == 1)
    // What one alone has is kept, however much it is.
    let large = stream()
    table.add(large)
    _ = table.append(
      [UInt8](repeating: 0x62, count: ReplayTable.bytesPerPrincipal + 1), to: large, isLast: true)
    #expect(large.events(after: 0).events.count == 1)
    #expect(table.find(session, of: principal, streams[count].id(0)) == nil)
  }

  @Test("What nobody comes back for is forgotten")
  func forgets() {
    let table = ReplayTable()
    let stream = stream()
    table.add(stream)
    table.forgetOld(MonotonicClock.seconds)
    #expect(table.find(session, of: principal, stream.id(0)) != nil)
    table.forgetOld(MonotonicClock.seconds + ReplayStream.keptFor + 60)
    #expect(table.find(session, of: principal, stream.id(0)) == nil)
  }
}
