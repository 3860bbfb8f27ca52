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
  struct State {
    var document: StoreDocument
    /// Of the file that `document` is; nil when that cannot be told from a later one.
    var signature: FileSignature?
    /// Counts the documents.
    var sequence: UInt64 = 1
    /// Made when somebody asks: a script never does.
    var snapshot: AuthSnapshot?
    var health = StoreState.ok
    /// What `document` stands on where it was made without the file, which cannot be read.
    var assumed: AssumedState?
    /// A file that was not understood: it is not read again until it changes.
    var refused: (signature: FileSignature, error: StoreError)?
    var subscribers: [@Sendable (AuthSnapshot) -> Void] = []
    /// Those who want to know, and no snapshot.
    var watchers: [@Sendable () -> Void] = []
    /// Those who want to know whether the file can be read.
    var healthWatchers: [@Sendable (StoreState) -> Void] = []
    /// Loads that wait for the next reading of the file.
    var waiting: [CheckedContinuation<Result<AuthSnapshot, StoreError>, Never>] = []
    var isLoading = false
  }

  let file: StoreFile
  let state: Mutex<State>
  private let expiries = SeenExpiries()
  /// One at a time reads the file or replaces it, and publishes what is then in it: else an older
  /// state could be published after a later one. Nobody waits for other processes while holding it,
  /// but for those that append to the audit log at that moment.
  private let disk = Mutex<Void>(())
  /// Where blocking calls run, off everybody's threads. A writer may wait there for another
  /// process's lock; who reads must not wait behind it.
  private let writing = DispatchQueue(label: "mcp-gateway.store.writing")
  private let reading = DispatchQueue(label: "mcp-gateway.store.reading")

  /// Who writes down what is changed; nil where nobody does.
  let journal: StoreJournal?

  /// The file. Where the path that was given is a symbolic link, what that leads to.
  public var path: String { file.path }

  private init(
    _ file: StoreFile, _ document: StoreDocument, _ signature: FileSignature?,
    _ audit: AuditSettings
  ) {
    self.file = file
    journal = audit.isOn ? StoreJournal(storePath: file.path, settings: audit) : nil
    state = Mutex(State(document: document, signature: signature))
  }

  // MARK: Opening

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - path: the file, `users.json` by custom.
  ///   - creating: makes an empty one, and its directory, where there is none.
  ///   - audit: where changes are logged; beside the store if nobody says.
  /// - Throws: ``StoreError/missing(path:)`` without `creating`; ``StoreError/unreadable(path:line:reason:)``
  ///   for a file that is not a users' file; ``StoreError/unsupported(address:)`` for a URL; others as
  ///   the system has it.
  public static func open(
    _ path: String, creating: Bool = false, audit: AuditSettings = AuditSettings()
  ) async throws(StoreError) -> UserStore {
    try StorePath.check(path)
    return try await open(StoreFile(path: path), creating: creating, audit: audit)
  }

  static func open(
    _ file: StoreFile, creating: Bool = false, audit: AuditSettings = .off
  ) async throws(StoreError) -> UserStore {
    try await DispatchQueue.global().perform { () throws(StoreError) in
      if creating, try file.signature() == nil { try create(file) }
      let reading = try file.read()
      return UserStore(file, reading.document, reading.signature, audit)
    }
  }

  /// Opens a store whose file may be broken or gone, to go back to an earlier generation: what it
  /// held is then taken to be the latest kept generation that can be read, with what the audit log
  /// tells of later changes.
  ///
  /// - Returns: the store, and what is wrong with its file, if anything is.
  package static func openForRestore(
    _ path: String, audit: AuditSettings = AuditSettings()
  ) async throws(StoreError) -> (store: UserStore, damage: StoreError?) {
    try StorePath.check(path)
    let file = StoreFile(path: path)
    return try await DispatchQueue.global().perform { () throws(StoreError) in
      do throws(StoreError) {
        let reading = try file.read()
        return (UserStore(file, reading.document, reading.signature, audit), nil)
      } catch {
        let isGone: Bool
        switch error {
        case .unreadable: isGone = false
        case .missing: isGone = true
        default: throw error
        }
        let store = UserStore(file, .empty, nil, audit)
        guard let (document, assumed) = AssumedState.of(file, log: store.journal?.path) else {
          if isGone { throw error }
          return (store, error)
        }
        store.state.withLock { ($0.document, $0.assumed) = (document, assumed) }
        return (store, error)
      }
    }
  }

  private static func create(_ file: StoreFile) throws(StoreError) {
    do {
      try Directory.create(AtomicFile.parent(of: file.path))
    } catch {
      throw StoreError.from(error, file.path)
    }
    let owner = try file.owner()
    try file.checkWritable(by: owner)
    try StoreLock.whileHeld(storePath: file.path, owner: owner) { () throws(StoreError) in
      // Another process may have been first.
      if try file.signature() == nil {
        _ = try file.write(StoreDocument.empty.bytes, owner: owner)
      }
    }
  }

  // MARK: Reading

  var document: StoreDocument { state.withLock { $0.document } }

  /// All users, in the order of the file.
  public func users() -> [User] { document.users.map(\.user) }

  /// The user of that name; names are told apart by their case.
  public func user(_ username: String) -> User? { document.user(username)?.user }

  /// The user of that id.
  package func user(id: String) -> User? { document.user(id: id)?.user }

  /// All keys that have a user, in the order of the file.
  public func keys() -> [APIKey] {
    let document = document
    return document.apiKeys(document.index.keys.indices)
  }

  /// The keys of one user, in the order of the file; none for a name that no user has.
  public func keys(of username: String) -> [APIKey] {
    let document = document
    guard let user = document.place(ofUser: username) else { return [] }
    return document.apiKeys(
      document.index.keys.indices.filter { document.index.keys[$0].user == user })
  }

  package func keys(of user: User) -> [APIKey] { keys(of: user.username) }

  /// The key that a selector names.
  ///
  /// - Throws: ``StoreError/keyNotFound``, ``StoreError/keyAmbiguous(id:)``,
  ///   ``StoreError/userNotFound(_:)``.
  public func key(_ selector: KeySelector) throws(StoreError) -> APIKey {
    let document = document
    guard let key = document.apiKey(try document.find(selector).digest) else { throw .keyNotFound }
    return key
  }

  /// How often the store was written by programs that count.
  public var generation: UInt64 { document.generation }

  // MARK: Changing

  /// Reads, changes and writes under the lock. What `change` throws leaves the file as it was; a
  /// change that changes nothing writes nothing.
  ///
  /// - Parameters:
  ///   - event: what the log calls it.
  ///   - details: what the log says of it beside what it did to which record.
  ///   - replacesUnreadable: whether a file that cannot be read, or is gone, may be replaced.
  func update<Value: Sendable>(
    _ event: AuditEvent,
    details: [(key: String, value: JSONValue)] = [], replacesUnreadable: Bool = false,
    _ change: @escaping @Sendable (inout StoreDocument) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let actor = AuditActor.current ?? .thisProcess
    return try await writing.perform { [self] () throws(StoreError) in
      if !replacesUnreadable, case let found = try file.signature(), found == nil {
        throw .missing(path: path)
      }
      let owner = try file.owner()
      try file.checkWritable(by: owner)
      return try StoreLock.whileHeld(storePath: path, owner: owner) { () throws(StoreError) in
        try onDisk { () throws(StoreError) in
          try changeFile(owner, replacesUnreadable, change) {
            document, generation throws(StoreError) in
            try journal?.announce(
              document.event ?? event, by: actor, document, from: generation, details)
          }
        }
      }
    }
  }

  private func changeFile<Value: Sendable>(
    _ owner: AtomicFile.Owner, _ replacesUnreadable: Bool,
    _ change: (inout StoreDocument) throws(StoreError) -> Value,
    announcing announce: (StoreDocument, UInt64) throws(StoreError) -> StoreJournal.Intent?
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      try reload()
    } catch {
      switch error {
      case .unreadable where replacesUnreadable, .missing where replacesUnreadable: break
      default: throw error
      }
    }
    var document = document
    let generation = document.generation
    document.beginChange()
    let value = try change(&document)
    guard document.isChanged else { return value }
    document.setGeneration(document.generation + 1)
    let intent = try announce(document, generation)
    func settle(_ outcome: String, _ generation: UInt64, _ reason: String? = nil) {
      if let intent {
        journal?.settle(intent, outcome, generation: generation, reason: reason)
      }
    }
    do throws(StoreError) {
      let signature = try file.write(document.bytes, owner: owner)
      settle("done", document.generation)
      publish(document, signature)
    } catch {
      if case .unconfirmed = error {
        settle("unconfirmed", document.generation, error.code)
        publish(document, nil)
      } else {
        settle("failed", generation, error.code)
      }
      throw error
    }
    return value
  }

  /// Why the audit log could not be written when that was last tried; nil when it could.
  package var auditFailure: String? { journal?.failure }

  /// Settles, in the log, what a writer that was killed left behind.
  package func settleAudit() async throws(StoreError) {
    guard let journal else { return }
    try await writing.perform { [self] () throws(StoreError) in
      let owner = try file.owner()
      try StoreLock.whileHeld(storePath: path, owner: owner) { () throws(StoreError) in
        journal.settleLeftovers(try load().generation)
      }
    }
  }

  // MARK: Loading

  /// Reads the file again unless it is the very one that is in memory. Call with `disk` held.
  private func reload() throws(StoreError) {
    do throws(StoreError) {
      guard let signature = try file.signature() else { throw .missing(path: path) }
      let (known, refused) = state.withLock { ($0.signature, $0.refused) }
      if signature == known { return become(.ok) }
      if let refused, refused.signature == signature { throw refused.error }
      do throws(StoreError) {
        let reading = try file.read()
        publish(reading.document, reading.signature)
      } catch {
        if case .unreadable = error, signature.isSettled {
          state.withLock { $0.refused = (signature, error) }
        }
        throw error
      }
    } catch {
      become(.unreadable(since: .now, error))
      throw error
    }
  }

  /// Takes note of whether the file can be read, and tells it where that is news. Call with `disk` held.
  private func become(_ health: StoreState) {
    let watchers: [@Sendable (StoreState) -> Void] = state.withLock { state in
      switch (state.health, health) {
      case (.ok, .ok), (.unreadable, .unreadable): return []
      case (.ok, .unreadable), (.unreadable, .ok):
        state.health = health
        return state.healthWatchers
      }
    }
    for watcher in watchers { watcher(health) }
  }

  /// Takes a document as the present one, and gives its snapshot to everybody. Call with `disk` held.
  private func publish(_ document: StoreDocument, _ signature: FileSignature?) {
    let (subscribers, watchers) = state.withLock { state in
      state.document = document
      state.signature = signature
      state.sequence += 1
      state.snapshot = nil
      state.refused = nil
      state.assumed = nil
      return (state.subscribers, state.watchers)
    }
    become(.ok)
    for watcher in watchers { watcher() }
    guard !subscribers.isEmpty else { return }
    let snapshot = snapshot
    for subscriber in subscribers { subscriber(snapshot) }
  }

  /// Reads the file again if it has changed.
  func load() throws(StoreError) -> AuthSnapshot {
    try refresh()
    return snapshot
  }

  /// The same, for who needs no snapshot of it.
  package func refresh() throws(StoreError) {
    try onDisk { () throws(StoreError) in try reload() }
  }

  private func onDisk<Value: Sendable>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try disk.withLock { _ throws(StoreError) in try body() }
  }
}

// MARK: - For a running gateway

extension UserStore {
  /// What authentication asks, as of the last reading or change.
  package var snapshot: AuthSnapshot {
    state.withLock { state in
      if let snapshot = state.snapshot { return snapshot }
      let made = AuthSnapshot(state.document, sequence: state.sequence, expiries: expiries)
      state.snapshot = made
      return made
    }
  }

  /// Whether the file could be read when it was last looked at.
  package var health: StoreState { state.withLock { $0.health } }

  /// Calls `body` when the file can no longer be read, and when it can again.
  package func onHealthChange(_ body: @escaping @Sendable (StoreState) -> Void) {
    state.withLock { $0.healthWatchers.append(body) }
  }

  /// Calls `body` with each new snapshot, before the write that made it is acknowledged.
  package func onPublish(_ body: @escaping @Sendable (AuthSnapshot) -> Void) {
    state.withLock { $0.subscribers.append(body) }
  }

  /// Calls `body` after each reading and write that made the store another.
  package func onChange(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.watchers.append(body) }
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
      if starts { reading.async { self.loadForWaiting() } }
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
      result = .success(try load())
    } catch {
      result = .failure(error)
    }
    for continuation in waiting { continuation.resume(returning: result) }
    let again = state.withLock { state in
      state.isLoading = !state.waiting.isEmpty
      return state.isLoading
    }
    if again { reading.async { self.loadForWaiting() } }
  }
}

/// Whether the file on disk is what the store serves.
package enum StoreState: Sendable {
  case ok
  /// It cannot be read, and the last good state is served.
  case unreadable(since: Timestamp, StoreError)
}
