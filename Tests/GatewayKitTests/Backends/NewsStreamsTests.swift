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
    // From before the second began, or a copy of what that is about to tell.
    #expect(try takings(&streams, [("a://1", 1)]) == [.later])
    #expect(!streams.isTold(one, since: 1))
    #expect(try takings(&streams, [("a://1", 2), ("a://1", 1)]) == [.now, .never])
    #expect(streams.isTold(one, since: 1))
    #expect(try takings(&streams, [("a://2", 1)]) == [.later])
    #expect(!streams.isTold(other, since: 1))
  }

  @Test("One that is acknowledged after a later one takes nobody's place")
  func late() throws {
    var streams = NewsStreams()
    let isNewest = [2, 1].map { streams.acknowledge($0) }
    #expect(isNewest == [true, false] && streams.current == 2)
    // One that is not acknowledged yet is newer still.
    #expect(try takings(&streams, [("a://1", 1), ("a://1", 3)]) == [.later, .now])
    #expect(streams.isTold(try topic("a://1"), since: 2))
  }
}
