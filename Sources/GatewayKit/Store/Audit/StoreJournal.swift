import FoundationEssentials
import Synchronization

/// Writes every change of the store into the audit log: an intent before the store is written, an
/// outcome after it, both on disk before the change is acknowledged.
///
/// An intent without an outcome is what a writer that was killed leaves behind; who next holds the
/// store's lock settles it by the store's generation. Call everything with that lock held.
final class StoreJournal: Sendable {
  /// An announced change.
  struct Intent {
    let sequence: UInt64
    let event: AuditEvent
    let members: [(key: String, value: JSONValue)]
  }

  private let storePath: String
  private let settings: AuditSettings
  private let state = Mutex(State())

  private struct State {
    var log: AuditLog?
    /// Events that could not be written, and why the last could not.
    var lost = 0
    var failure: String?
  }

  init(storePath: String, settings: AuditSettings) {
    self.storePath = storePath
    self.settings = settings
  }

  /// Whether nothing goes on that cannot be logged.
  var isRequired: Bool { settings.isRequired }

  /// Why the log could not be written when it was last tried; nil when it could.
  var failure: String? { state.withLock { $0.failure } }

  /// The log's file.
  var path: String { settings.path ?? beside("audit.jsonl") }

  private func beside(_ name: String) -> String { "\(AtomicFile.parent(of: storePath))/\(name)" }

  /// The newest line that anybody wrote, as the head has it; its seal is not checked.
  var newest: AuditPosition? {
    guard let bytes = try? PlainFile.read(AuditLog.beside(path, "head")) else { return nil }
    return AuditHead.parse(bytes, sealer: nil)?.last
  }

  // MARK: A change

  /// - Parameters:
  ///   - document: as it will be written.
  ///   - generation: the store's before the change.
  /// - Returns: what is to be settled; nil when it could not be written and that is no obstacle.
  /// - Throws: ``StoreError/auditUnwritable(path:reason:)`` where nothing may go unlogged.
  func announce(
    _ event: AuditEvent, by actor: AuditActor, _ document: StoreDocument, from generation: UInt64,
    _ details: [(key: String, value: JSONValue)]
  ) throws(StoreError) -> Intent? {
    let change = AuditChange(document)
    var subject: [(key: String, value: JSONValue)] = []
    if let user = change.user { subject.append(("user", .string(user))) }
    if let key = change.key { subject.append(("key_id", .string(key))) }
    let members =
      [("phase", "intent"), ("becomes", .number(String(document.generation)))] + subject + [
        ("actor", actor.json)
      ] + details
      + [("changes", .array(change.records))]
    var sequence: UInt64 = 0
    let isWritten = try write { context in
      var entries = Self.settled(&context, generation)
      sequence = context.next + UInt64(entries.count)
      entries.append(AuditEntry(event, generation: generation, members))
      context.open = AuditHead.Open(sequence: sequence, generation: document.generation)
      return entries
    }
    return isWritten ? Intent(sequence: sequence, event: event, members: subject) : nil
  }

  /// Says how an announced change ended.
  func settle(_ intent: Intent, _ outcome: String, generation: UInt64, reason: String? = nil) {
    var members: [(key: String, value: JSONValue)] = [
      ("phase", .string(outcome)), ("intent", .number(String(intent.sequence))),
    ]
    members += intent.members
    if let reason { members.append(("reason", .string(reason))) }
    // The store is written: whether this can be must not undo what is done.
    _ = try? write { context in
      context.open = nil
      context.loggedGeneration = generation
      return [AuditEntry(intent.event, generation: generation, members)]
    }
  }

  /// Settles what a writer that was killed left behind.
  func settleLeftovers(_ generation: UInt64) {
    _ = try? write { context in Self.settled(&context, generation) }
  }

  /// What has to be said before a change from `generation` on is announced.
  private static func settled(
    _ context: inout AuditLog.Context, _ generation: UInt64
  ) -> [AuditEntry] {
    var entries: [AuditEntry] = []
    if let open = context.open {
      let isDone = generation >= open.generation
      entries.append(
        AuditEntry(
          .storeChangeSettled, generation: generation,
          [
            ("intent", .number(String(open.sequence))), ("phase", isDone ? "done" : "failed"),
            ("reason", "its writer ended before it said so; the store's generation tells"),
          ]))
      context.open = nil
      if isDone { context.loggedGeneration = open.generation }
    }
    if let logged = context.loggedGeneration, logged != generation {
      entries.append(
        AuditEntry(
          .storeChangedElsewhere, generation: generation,
          [("known_generation", .number(String(logged)))]))
    }
    context.loggedGeneration = generation
    return entries
  }

  // MARK: Writing

  /// Whether it was written.
  private func write(
    _ entries: (inout AuditLog.Context) -> [AuditEntry]
  ) throws(StoreError) -> Bool {
    do throws(FileError) {
      try append { [AuditBatch(entries(&$0))] }
      return true
    } catch {
      if settings.isRequired { throw .auditUnwritable(path: path, reason: error.reason) }
      lose(1)
      return false
    }
  }

  /// Appends what is no change of the store. Blocks until it is on disk.
  func append(_ batches: [AuditBatch]) throws(FileError) {
    try append { _ in batches }
  }

  /// Says, with the next lines that can be written, that so many were not.
  func lose(_ events: Int) { state.withLock { $0.lost += events } }

  private func append(_ lines: (inout AuditLog.Context) -> [AuditBatch]) throws(FileError) {
    var told = 0
    do throws(FileError) {
      let log = try log()
      try log.append { context in
        let batches = lines(&context)
        guard batches.contains(where: { !$0.isEmpty }) else { return batches }
        // Whoever tells of them takes them.
        told = state.withLock { state in
          defer { state.lost = 0 }
          return state.lost
        }
        guard told > 0 else { return batches }
        let note = AuditEntry(
          .auditLost, generation: context.loggedGeneration ?? 0,
          [("events", .number(String(told)))])
        return batches + [AuditBatch([note])]
      }
      let failure = log.headFailure.map { "\($0.path) cannot be written: \($0.reason)" }
      state.withLock { $0.failure = failure }
    } catch {
      state.withLock { state in
        state.lost += told
        state.failure = "\(error.path) cannot be written: \(error.reason)"
      }
      throw error
    }
  }

  private func log() throws(FileError) -> AuditLog {
    if let log = state.withLock({ $0.log }) { return log }
    let made = AuditLog(path: path, settings: settings, secrets: try secrets())
    state.withLock { $0.log = made }
    return made
  }

  /// Those of the settings, else the environment's, else the one beside the store.
  private func secrets() throws(FileError) -> [[UInt8]] {
    if let secrets = settings.secrets { return secrets }
    if let text = ProcessInfo.processInfo.environment["GATEWAY_SECRET"], !text.isEmpty {
      return text.split(separator: ",").map { Array($0.utf8) }
    }
    return [Array(try SecretFile.loadOrCreate(beside("gateway.secret"), prefix: "").secret.utf8)]
  }
}
