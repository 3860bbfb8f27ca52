import Testing

@testable import GatewayKit

@Suite("Ended sessions")
struct EndedSessionsTests {
  @Test("what is ended stays so over a restart, until it is too old by itself")
  func areKept() async throws {
    let folder = try StoreFolder()
    let path = "\(folder.directory)/sessions.ended"
    let (lasting, passing) = (SessionNumber(), SessionNumber())
    let ended = try EndedSessions(path: path)
    try await ended.add(lasting, until: Timestamp.now.advanced(by: .seconds(60)))
    try await ended.add(passing, until: .now)
    #expect(try PlainFile.lines(of: path).count == 2 && ended.contains(passing))
    #expect(try ended.forgetOld() == [passing])
    #expect(!ended.contains(passing) && ended.contains(lasting))
    #expect(try ended.forgetOld() == [] && PlainFile.lines(of: path).count == 1)
    let later = try EndedSessions(path: path)
    #expect(later.contains(lasting) && !later.contains(passing))
    #expect(try PlainFile.lines(of: path).count == 1)
  }

  @Test("no more are kept than fit")
  func areBounded() async throws {
    let folder = try StoreFolder()
    let ended = try EndedSessions(path: "\(folder.directory)/sessions.ended", limit: 2)
    let until = Timestamp.now.advanced(by: .seconds(60))
    let numbers = [SessionNumber(), SessionNumber(), SessionNumber()]
    try await ended.add(numbers[0], until: until)
    try await ended.add(numbers[1], until: until)
    await #expect(throws: EndedSessions.Full.self) { try await ended.add(numbers[2], until: until) }
    try await ended.add(numbers[0], until: until)
    #expect(ended.contains(numbers[1]) && !ended.contains(numbers[2]))
  }
}
