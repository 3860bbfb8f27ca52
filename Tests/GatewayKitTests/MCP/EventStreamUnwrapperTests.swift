import NIOCore
import Testing

@testable import GatewayKit

@Suite("One message in an event stream")
struct EventStreamUnwrapperTests {
  @Test("a stream of comments is not held back without end")
  func isBounded() {
    var unwrapper = EventStreamUnwrapper()
    let comment = ByteBuffer(string: ": " + String(repeating: "x", count: (1 << 20) - 3) + "\n")
    for _ in 0..<16 {
      guard case .needsMore = unwrapper.take(comment, isLast: false) else {
        Issue.record("it gave up early")
        return
      }
    }
    guard case .stream(let all) = unwrapper.take(comment, isLast: false) else {
      Issue.record("it holds more than its limit")
      return
    }
    #expect(all.readableBytes == 17 << 20)
  }
}
