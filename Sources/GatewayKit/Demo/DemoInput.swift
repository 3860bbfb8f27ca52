import Glibc

/// Reads lines from a descriptor on a thread of its own, because a blocking read must not hold
/// one of the few threads that all tasks share.
enum DemoInput {
  enum Line: Sendable {
    case message([UInt8])
    /// Longer than ``maximumBytes``; its bytes are gone.
    case tooLong
  }

  static let maximumBytes = 8 << 20

  /// The lines until end of file or an error, without their line ends; empty ones are left out.
  static func lines(of descriptor: Int32) -> AsyncStream<Line> {
    AsyncStream { continuation in
      let reader = Reader(descriptor: descriptor, continuation: continuation)
      let context = Unmanaged.passRetained(reader).toOpaque()
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<Reader>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, context)
      if status == 0 {
        pthread_detach(thread)
      } else {
        Unmanaged<Reader>.fromOpaque(context).release()
        continuation.finish()
      }
    }
  }

  private final class Reader: Sendable {
    let descriptor: Int32
    let continuation: AsyncStream<Line>.Continuation

    init(descriptor: Int32, continuation: AsyncStream<Line>.Continuation) {
      self.descriptor = descriptor
      self.continuation = continuation
    }

    func run() {
      var lines = LineSplitter(limit: maximumBytes)
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 && errno == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          poll(&waiting, 1, -1)
          continue
        }
        if count <= 0 { break }
        buffer[..<count].withUnsafeBytes { lines.take($0, found) }
      }
      lines.finish(found)
      continuation.finish()
    }

    private func found(_ part: LineSplitter.Part) {
      switch part {
      case .line(let line): if !line.isEmpty { continuation.yield(.message(line)) }
      case .excess: break
      case .excessEnd: continuation.yield(.tooLong)
      }
    }
  }
}
