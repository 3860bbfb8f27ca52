import NIOCore
import Synchronization

/// The gateway's event loops, set once at start.
final class LoopHandles: Sendable {
  private let handles = Mutex<[LoopHandle]>([])

  var all: [LoopHandle] { handles.withLock { $0 } }

  func set(_ all: [LoopHandle]) { handles.withLock { $0 = all } }
}
