import Testing

@testable import GatewayKit

@Suite("Streams of news, one taking the place of another")
struct NewsStreamsTests {
  private func topic(_ uri: String) throws -> NewsStreams.Topic {
    let message = Array(
      #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"\#(uri)"}}"#
        .utf8)
    return NewsStreams.Topic(message, try message.withUnsafeBytes { try EnvelopeScanner.scan($0) })
  }

  /// What streams of such numbers are told by `take`, one after another.
  private func takings(
    _ streams: inout NewsStreams, _ told: [(uri: String, stream: UInt64)]
  ) throws -> [NewsStreams.Taking] {
    try told.map { streams.take(try topic($0.uri), from: $0.stream) }
  }

  @Test("What the newest tells is taken at once, what older ones tell when it does not")
  func takes() throws {
    var streams = NewsStreams()
    let (one, other) = (try topic("a://1"), try topic("a://2"))
    _ = streams.acknowledge(1)
    #expect(try takings(&streams, [("a://1", 1), ("a://1", 1)]) == [.now, .now])
    _ = streams.acknowledge(2)
    // From before the second began, or copies of what that is about to tell.
    #expect(try takings(&streams, [("a://1", 1), ("a://2", 1)]) == [.later, .later])
    #expect(try takings(&streams, [("a://1", 2), ("a://1", 1)]) == [.now, .never])
    let isDue = [one, other].map { streams.isDue($0, from: 1) }
    #expect(isDue == [false, true])
  }

  @Test("One that is acknowledged after a later one takes nobody's place")
  func late() throws {
    var streams = NewsStreams()
    let isNewest = [1, 3, 2].map { streams.acknowledge($0) }
    #expect(isNewest == [true, true, false] && streams.current == 3)
    // One that is not acknowledged yet is newer still.
    #expect(try takings(&streams, [("a://1", 2), ("a://1", 4)]) == [.later, .now])
    let isDue = streams.isDue(try topic("a://1"), from: 2)
    #expect(!isDue)
  }

  @Test("Only so much waits, and nothing large")
  func waits() throws {
    var streams = NewsStreams()
    for number in [1, 2] as [UInt64] { _ = streams.acknowledge(number) }
    let large = "a://" + String(repeating: "x", count: 1 << 16)
    #expect(try takings(&streams, [(large, 1)]) == [.now])
    let many = try takings(&streams, (1...257).map { ("a://\($0)", 1) })
    #expect(many.filter { $0 == .later }.count == 256 && many.last == .now)
  }

  @Test("Where there never was another, an older one is none of ours")
  func alone() throws {
    var streams = NewsStreams()
    _ = streams.acknowledge(7)
    #expect(try takings(&streams, [("a://1", 0), ("a://1", 7)]) == [.never, .now])
  }
}
