import Glibc

extension UserStore {
  /// How long a file that cannot be read, or one in a directory without events, goes unlooked at,
  /// in milliseconds.
  private static let retry: Int32 = 1000

  /// Watches the file from a thread of its own, so that a gateway without traffic sees changes
  /// too, and one that could not read the file sees it mended.
  package func startWatching() {
    let path = path
    BlockingThread.start { [weak self] in
      var probe = StoreChangeProbe(storePath: path)
      while let health = self?.health {
        var isHealthy = false
        if case .ok = health { isHealthy = true }
        if probe.hasEvents {
          var waiting = pollfd(fd: probe.pollDescriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&waiting, 1, isHealthy ? 10_000 : Self.retry)
        } else {
          usleep(UInt32(Self.retry) * 1000)
        }
        // A failure may pass without the file's changing, as when descriptors ran out.
        guard probe.changed() || !isHealthy, let store = self else { continue }
        try? store.refresh()
      }
    }
  }
}

/// Threads that block, which no pool may lend.
private enum BlockingThread {
  static func start(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let made = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard made == 0 else {
      box.release()
      return
    }
    pthread_detach(thread)
  }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
