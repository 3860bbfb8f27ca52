import Dispatch
import Glibc
import Synchronization

/// The users and keys of a gateway, in one file that any number of processes read and write.
///
/// Reading is from memory and never blocks. A change is read, made and written under one lock for
/// all processes, and is on disk when its call returns; a running gateway obeys it from its next
/// request on. A file that cannot be read is never overwritten.
///
/// ```swift
/// let store = try await UserStore.open("data/users.json", creating: true)
/// try await store.createUser("alice", email: "alice@example.com")
/// let issued = try await store.issueKey(for: "alice", named: "production-key", ttl: .days(90))
/// print(issued.secret)  // mcpgw_…, the only time it exists in clear
/// try await store.setAccess(for: "alice", allowed: ["erpnext", "wave"], blocked: [])
/// ```
public final class UserStore: Sendable {
  private struct State {
    var document: StoreDocument
    var signature: StoreFile.Signature
    var snapshot: AuthSnapshot
    var health = StoreState.ok
    var subscribers: [@Sendable (AuthSnapshot) -> Void] = []
    /// Loads that wait for the next reading of the file.
    var waiting: [CheckedContinuation<Result<AuthSnapshot, StoreError>, Never>] = []
    var isLoading = false
  }

  let file: StoreFile
  private let state: Mutex<State>
  private let expiries: SeenExpiries
  /// Where files are read and written: calls that block, in their order, off everybody's threads.
  private let queue: DispatchQueue

  /// The absolute or relative path of the file.
  public var path: String { file.path }

  private init(
    file: StoreFile, queue: DispatchQueue, _ document: StoreDocument,
    _ signature: StoreFile.Signature
  ) {
    self.file = file
    self.queue = queue
    expiries = SeenExpiries()
    state = Mutex(
      State(
        document: document, signature: signature,
        snapshot: AuthSnapshot(document, expiries: expiries)))
  }

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - path: the file, `users.json` by custom.
  ///   - creating: makes an empty one, and its directory, where there is none.
  /// - Throws: ``StoreError/missing(path:)`` without `creating`; ``StoreError/unreadable(path:line:reason:)``
  ///   for a file that is not a users' file; others as the system has it.
  public static func open(
    _ path: String, creating: Bool = false
  ) async throws(StoreError) -> UserStore {
    try await open(StoreFile(path: path), creating: creating)
  }

  static func open(_ file: StoreFile, creating: Bool) async throws(StoreError) -> UserStore {
    let queue = DispatchQueue(label: "mcp-gateway.store")
    return try await Self.run(on: queue) { () throws(StoreError) in
      if creating, try file.signature() == nil { try create(file) }
      let (document, signature) = try file.read()
      return UserStore(file: file, queue: queue, document, signature)
    }
  }

  /// Opens a store whose file may be broken, to go back to an earlier generation: what a broken one
  /// held is then taken to be the latest kept generation that can be read.
  ///
  /// - Returns: the store, and what is wrong with its file, if anything is.
  package static func openForRestore(
    _ path: String
  ) async throws(StoreError) -> (store: UserStore, damage: StoreError?) {
    let file = StoreFile(path: path)
    let queue = DispatchQueue(label: "mcp-gateway.store")
    return try await Self.run(on: queue) { () throws(StoreError) in
      do throws(StoreError) {
        let (document, signature) = try file.read()
        return (UserStore(file: file, queue: queue, document, signature), nil)
      } catch {
        guard case .unreadable = error, let signature = try file.signature() else { throw error }
        let kept = generations(of: file).lazy.compactMap { try? StoreFile(path: $0.path).read() }
        let latest = kept.first?.document ?? StoreDocument()
        return (UserStore(file: file, queue: queue, latest, signature), error)
      }
    }
  }

  private static func create(_ file: StoreFile) throws(StoreError) {
    let directory = AtomicFile.parent(of: file.path)
    do {
      try Directory.create(directory)
    } catch {
      throw StoreError.from(error, file.path)
    }
    let owner = try file.owner()
    let lock = try StoreLock(storePath: file.path, owner: owner)
    // Another process may have been first.
    if try file.signature() == nil { _ = try file.write(StoreDocument(), owner: owner) }
    _ = consume lock
  }

  /// Runs blocking work on a queue of its own.
  private static func run<Value: Sendable>(
    on queue: DispatchQueue, _ work: @escaping @Sendable () throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
      queue.async {
        do throws(StoreError) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  // MARK: Reading

  /// All users, in the order of the file.
  public func users() -> [User] { document.users.map(\.user) }

  /// The user of that name; names are told apart by their case.
  public func user(_ username: String) -> User? { document.user(username)?.user }

  /// All keys that have a user, in the order of the file.
  public func keys() -> [APIKey] {
    let document = document
    return document.keys.compactMap { key in
      document.user(id: key.userID).map { key.key(isUserEnabled: $0.isEnabled) }
    }
  }

  /// How often the store was written by programs that count.
  public var generation: UInt64 { document.generation }

  package func keys(of user: User) -> [APIKey] {
    document.keys(ofUser: user.id).map { $0.key(isUserEnabled: user.isEnabled) }
  }

  package func key(_ selector: KeySelector) throws(StoreError) -> APIKey {
    let document = document
    let record = try document.find(selector)
    return record.key(isUserEnabled: document.user(id: record.userID)?.isEnabled ?? false)
  }

  var document: StoreDocument { state.withLock { $0.document } }

  // MARK: Changing

  /// Reads, changes and writes under the lock. What `change` throws leaves the file as it was.
  ///
  /// - Parameter replacesUnreadable: whether a file that cannot be read may be replaced.
  func update<Value: Sendable>(
    replacesUnreadable: Bool = false,
    _ change: @escaping @Sendable (inout StoreDocument) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await Self.run(on: queue) { [self] () throws(StoreError) in
      let owner = try file.owner()
      try file.checkOwner(owner)
      let lock = try StoreLock(storePath: file.path, owner: owner)
      do throws(StoreError) {
        try reload()
      } catch {
        guard replacesUnreadable, case .unreadable = error else { throw error }
      }
      var (document, _) = current
      let value = try change(&document)
      document.generation += 1
      let signature = try file.write(document, owner: owner)
      publish(document, signature)
      _ = consume lock
      return value
    }
  }

  private var current: (StoreDocument, StoreFile.Signature) {
    state.withLock { ($0.document, $0.signature) }
  }

  /// Reads the file again unless it is the very one that is in memory.
  private func reload() throws(StoreError) {
    do throws(StoreError) {
      guard let signature = try file.signature() else { throw .missing(path: path) }
      if signature == current.1 {
        state.withLock { $0.health = .ok }
        return
      }
      let (document, read) = try file.read()
      publish(document, read)
    } catch {
      state.withLock { state in
        if case .ok = state.health { state.health = .unreadable(since: .now, error) }
      }
      throw error
    }
  }

  /// Takes a document as the present one, and gives its snapshot to everybody.
  private func publish(_ document: StoreDocument, _ signature: StoreFile.Signature) {
    let snapshot = AuthSnapshot(document, expiries: expiries)
    let subscribers = state.withLock { state in
      state.document = document
      state.signature = signature
      state.snapshot = snapshot
      state.health = .ok
      return state.subscribers
    }
    for subscriber in subscribers { subscriber(snapshot) }
  }

  // MARK: For a running gateway

  package var snapshot: AuthSnapshot { state.withLock { $0.snapshot } }

  /// Whether the file could be read when it was last looked at.
  package var health: StoreState { state.withLock { $0.health } }

  /// Calls `body` with each new snapshot, before the write that made it is acknowledged.
  package func onPublish(_ body: @escaping @Sendable (AuthSnapshot) -> Void) {
    state.withLock { $0.subscribers.append(body) }
  }

  /// The snapshot of a reading that began after this call. Those who ask while one is under way
  /// share the next one.
  package func loadAfterNow() async throws(StoreError) -> AuthSnapshot {
    let result: Result<AuthSnapshot, StoreError> = await withCheckedContinuation { continuation in
      let starts = state.withLock { state in
        state.waiting.append(continuation)
        defer { state.isLoading = true }
        return !state.isLoading
      }
      if starts { queue.async { self.loadForWaiting() } }
    }
    return try result.get()
  }

  private func loadForWaiting() {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    let result: Result<AuthSnapshot, StoreError>
    do throws(StoreError) {
      try reload()
      result = .success(snapshot)
    } catch {
      result = .failure(error)
    }
    for continuation in waiting { continuation.resume(returning: result) }
    let again = state.withLock { state in
      state.isLoading = !state.waiting.isEmpty
      return state.isLoading
    }
    if again { queue.async { self.loadForWaiting() } }
  }

  /// Watches the file from a thread of its own, so that a gateway without traffic sees changes too.
  package func startWatching() {
    let path = path
    Thread.detached { [weak self] in
      var probe = StoreChangeProbe(storePath: path)
      while self != nil {
        if probe.hasEvents {
          var waiting = pollfd(fd: probe.pollDescriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&waiting, 1, 10_000)
        } else {
          sleep(1)
        }
        guard probe.changed(), let store = self else { continue }
        store.queue.async { try? store.reload() }
      }
    }
  }
}

/// Whether the file on disk is what the store serves.
package enum StoreState: Sendable {
  case ok
  /// It cannot be read, and the last good state is served.
  case unreadable(since: Timestamp, StoreError)
}

/// Threads that block, which no pool may lend.
enum Thread {
  static func detached(_ body: @escaping @Sendable () -> Void) {
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
