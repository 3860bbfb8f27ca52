import Dispatch
import Glibc
import Logging

/// Copies each line that comes into the audit log to standard output, whoever writes it: the gateway,
/// a command, the console. Whoever reads too slowly holds up nothing but the copy.
final class AuditCopy: Sendable {
  private static let interval = DispatchTimeInterval.milliseconds(300)
  /// How long the end of the gateway waits for the last lines to be taken.
  private static let lastWait = Duration.seconds(1)

  private let queue = DispatchQueue(label: "audit copy")
  private let logger: Logger
  /// Touched on the queue only.
  private nonisolated(unsafe) var follower: AuditFollower
  private nonisolated(unsafe) var hasFailed = false

  /// Goes out from the end that the log has now.
  init(of path: String, logger: Logger) {
    follower = AuditFollower(path, AuditQuery())
    self.logger = logger
  }

  func start() {
    queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
      self?.copy()
      self?.start()
    }
  }

  /// Copies what is left, as far as somebody reads it.
  func finish() async {
    let rest = Task { [self] () async throws -> Void in await queue.perform { [self] in copy() } }
    _ = try? await Deadline.value(of: rest, within: Self.lastWait)
  }

  private func copy() {
    guard !hasFailed else { return }
    do {
      try follower.forEachLine { line in
        if !hasFailed { write(line) }
      }
    } catch {
      fail("\(error)")
    }
  }

  private func write(_ line: UnsafeRawBufferPointer) {
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count > 0 {
        written += count
      } else if errno == EAGAIN {
        var reader = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&reader, 1, -1)
      } else if errno != EINTR {
        return fail(String(cString: strerror(errno)))
      }
    }
  }

  private func fail(_ reason: String) {
    hasFailed = true
    logger.error(
      "the audit log goes on in its file, and no longer to standard output: \(reason)")
  }
}
