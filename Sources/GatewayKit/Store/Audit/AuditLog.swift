import Glibc
import NIOCore
import Synchronization

/// The audit log's file, which any number of processes append to, each line sealed with all before.
///
/// Appenders take `audit.lock`, look whether the file is still the one that they know and as long as
/// they left it, and read its last line when it is not. What they append is on disk on return, and
/// `audit.head` says so.
final class AuditLog: Sendable {
  /// How long an appender waits for another.
  static let patience = Duration.seconds(5)

  let path: String
  private let settings: AuditSettings
  private let calls: FileCalls
  private let state: Mutex<State>

  private struct State {
    var sealer: AuditSealer
    /// The open file, and how it was left.
    var descriptor: Int32 = -1
    var inode: UInt64 = 0
    var device: UInt64 = 0
    var size: Int64 = 0
    /// When its first line was written.
    var began: Timestamp?
    var head = AuditHead()
    /// What is being written.
    var buffer = ByteBuffer()
    var headFailure: FileError?
  }

  /// - Parameter path: the log's file; lock and head stand beside it.
  init(path: String, settings: AuditSettings, secrets: [[UInt8]], calls: FileCalls = .system) {
    self.path = path
    self.settings = settings
    self.calls = calls
    state = Mutex(State(sealer: AuditSealer(secrets: secrets)))
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  var lockPath: String { Self.beside(path, "lock") }
  var headPath: String { Self.beside(path, "head") }

  /// `audit.lock` beside `audit.jsonl`.
  static func beside(_ path: String, _ suffix: String) -> String {
    (path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path) + "." + suffix
  }

  /// Why the head could not be written when that was last tried. Without it the log is whole, and a cut
  /// at its end would not show.
  var headFailure: FileError? { state.withLock { $0.headFailure } }

  // MARK: Appending

  /// What an append goes out from, and may change along with it.
  struct Context {
    /// The store's generation after its last change that the log has; nil when it has none.
    var loggedGeneration: UInt64?
    /// The announced change that nothing has settled.
    var open: AuditHead.Open?
    /// The number that the first of the entries will have.
    let next: UInt64
  }

  /// Appends what `lines` gives. Blocks until it is on disk.
  ///
  /// - Returns: the last line's place.
  @discardableResult
  func append(
    _ lines: (inout Context) -> [AuditBatch]
  ) throws(FileError) -> AuditPosition {
    try state.withLock { state throws(FileError) in
      let owner = try AtomicFile.owner(for: path)
      let lock = try FileLock(lockPath, owner: owner)
      guard try lock.take(patience: Self.patience) else {
        throw FileError("lock", lockPath, EAGAIN)
      }
      var notes = try catchUp(&state, owner)
      if try rotateIfDue(&state, owner) { notes += try prune(&state, owner) }
      var context = Context(
        loggedGeneration: state.head.generation, open: state.head.open,
        next: state.head.last.sequence + UInt64(notes.count) + 1)
      let batches = ([AuditBatch(notes)] + lines(&context)).filter { !$0.isEmpty }
      guard !batches.isEmpty else { return state.head.last }
      try write(batches, context, &state, owner)
      return state.head.last
    }
  }

  private func write(
    _ batches: [AuditBatch], _ context: Context, _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) {
    var position = state.head.last
    var size = state.size
    do throws(FileError) {
      for batch in batches { size += try write(batch, behind: &position, &state) }
      guard calls.fsync(state.descriptor) == 0 else { throw FileError("fsync", path) }
    } catch {
      // Half a line would keep the next from being read.
      ftruncate(state.descriptor, off_t(state.size))
      throw error
    }
    state.size = size
    state.head.last = position
    state.head.generation = context.loggedGeneration
    state.head.open = context.open
    // The lines are on disk: that the head is not must not have them written again.
    do throws(FileError) {
      try writeHead(state, owner)
      state.headFailure = nil
    } catch {
      state.headFailure = error
    }
  }

  /// Seals and writes one batch, in memory that is used again for the next.
  ///
  /// - Returns: how many bytes it became.
  private func write(
    _ batch: AuditBatch, behind position: inout AuditPosition, _ state: inout State
  ) throws(FileError) -> Int64 {
    state.buffer.clear(minimumCapacity: batch.size + batch.count * AuditSealer.sealSize)
    state.sealer.write(batch, behind: &position, to: &state.buffer)
    let (descriptor, path, calls) = (state.descriptor, path, calls)
    try state.buffer.withUnsafeReadableBytes { bytes in
      Result { () throws(FileError) in
        try AtomicFile.writeAll(bytes, to: descriptor, path, calls)
      }
    }.get()
    if state.began == nil {
      state.began = state.buffer.withUnsafeReadableBytes { AuditLine.time(of: $0) }
    }
    return Int64(state.buffer.readableBytes)
  }

  /// In place: a block is written whole or not at all, and an older one only says less.
  private func writeHead(
    _ state: borrowing State, _ owner: AtomicFile.Owner
  ) throws(FileError) {
    let descriptor = Glibc.open(
      headPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, owner.mode & 0o666)
    guard descriptor >= 0 else { throw FileError("open", headPath) }
    defer { close(descriptor) }
    if geteuid() == 0 { _ = fchown(descriptor, owner.uid, owner.gid) }
    let text = state.head.text(sealedBy: state.sealer)
    let written = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == text.count else { throw FileError("write", headPath) }
  }

  // MARK: Where the log stands

  /// Makes the state what the file says, and tells what is to be noted about that.
  private func catchUp(
    _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) -> [AuditEntry] {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, state.descriptor >= 0, state.inode == UInt64(status.st_ino),
      state.device == UInt64(status.st_dev), state.size == Int64(status.st_size)
    {
      return []
    }
    let known = state.head
    // One that cannot be read cannot be written either, which is told; the log goes on.
    if let bytes = try? PlainFile.read(headPath),
      let head = AuditHead.parse(bytes, sealer: state.sealer),
      head.last.sequence >= known.last.sequence
    {
      state.head = head
    }
    try open(&state, owner)
    return try readEnd(&state, owner)
  }

  private func open(_ state: inout State, _ owner: AtomicFile.Owner) throws(FileError) {
    if state.descriptor >= 0 { close(state.descriptor) }
    state.descriptor = calls.open(
      path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, owner.mode & 0o666)
    guard state.descriptor >= 0 else { throw FileError("open", path) }
    var status = stat()
    guard fstat(state.descriptor, &status) == 0 else { throw FileError("fstat", path) }
    // A pipe or a device would keep nothing, or hold this process.
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, EINVAL) }
    if geteuid() == 0, status.st_size == 0 { _ = fchown(state.descriptor, owner.uid, owner.gid) }
    state.inode = UInt64(status.st_ino)
    state.device = UInt64(status.st_dev)
    state.size = Int64(status.st_size)
    state.began = nil
  }

  /// The file's last line says where the log stands, if it is later than what the head says.
  private func readEnd(
    _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) -> [AuditEntry] {
    var notes: [AuditEntry] = []
    let generation = state.head.generation ?? 0
    let line: [UInt8]
    let whole: Int64
    do throws(FileError) {
      (line, whole) = try LineFile.last(of: state.descriptor, path, size: state.size)
    } catch  where error.code == EFBIG {
      // Whoever wrote that was not the gateway: nothing can be written behind it, but elsewhere.
      try putAside(&state, owner)
      return [gap(behind: state.head)]
    }
    if whole < state.size {
      let torn = state.size - whole
      guard ftruncate(state.descriptor, off_t(whole)) == 0 else {
        throw FileError("ftruncate", path)
      }
      state.size = whole
      notes.append(
        AuditEntry(
          .auditRepaired, generation: generation, [("bytes", .number(String(torn)))]))
    }
    let found = line.withUnsafeBytes { AuditSealer.position(of: $0) }
    if let found, found.sequence >= state.head.last.sequence {
      if found.sequence > state.head.last.sequence { try readBehindHead(&state) }
      state.head.last = found
    } else if state.size == 0, state.head.last == .start {
      notes.append(AuditEntry(.auditBegan, generation: generation))
    } else if state.size > 0 {
      notes.append(gap(behind: state.head))
    }
    state.began = try firstTime(state)
    return notes
  }

  /// The log says less than was written: the chain goes on from what was.
  private func gap(behind head: AuditHead) -> AuditEntry {
    AuditEntry(
      .auditGap, generation: head.generation ?? 0,
      [("known_seq", .number(String(head.last.sequence)))])
  }

  /// A writer that is killed between the log and the head leaves lines that the head does not know.
  private func readBehindHead(_ state: inout State) throws(FileError) {
    let known = state.head.last.sequence
    var head = state.head
    var reader = try LineFile(path, from: max(0, state.size - Int64(LineFile.longestLine)))
    try reader.forEachLine { line in
      guard let position = AuditSealer.position(of: line), position.sequence > known,
        let event = try? JSONValue.parse(line)
      else { return true }
      head.note(event, at: position.sequence)
      return true
    }
    state.head = head
  }

  private func firstTime(_ state: borrowing State) throws(FileError) -> Timestamp? {
    let bytes = try LineFile.read(
      state.descriptor, path, from: 0, count: Int(min(256, state.size)))
    return bytes.withUnsafeBytes { AuditLine.time(of: $0) }
  }

  // MARK: Putting files aside

  private func rotateIfDue(
    _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) -> Bool {
    let isOld = state.began.map { $0.duration(to: .now) > settings.maximumAge } ?? false
    guard state.size > 0, state.size >= settings.maximumBytes || isOld else { return false }
    try putAside(&state, owner)
    return true
  }

  private func putAside(
    _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) {
    // Numbers grow, whatever the clock does. A name is taken only where others wrote into the log.
    var aside = "\(path).\(state.head.last.sequence)"
    while access(aside, F_OK) == 0 { aside += "-again" }
    guard calls.rename(path, aside) == 0 else { throw FileError("rename", path) }
    try AtomicFile.sync(directoryOf: path, calls)
    try open(&state, owner)
  }

  /// Removes what is older than is kept, and lets the head know where the log begins now.
  private func prune(
    _ state: inout State, _ owner: AtomicFile.Owner
  ) throws(FileError) -> [AuditEntry] {
    let aside = AuditFiles.aside(path)
    guard aside.count > settings.keptFiles else { return [] }
    let old = aside.prefix(aside.count - settings.keptFiles)
    guard let last = old.last, let position = try AuditFiles.end(of: last) else { return [] }
    state.head.first = position
    try writeHead(state, owner)
    for file in old where calls.unlink(file) != 0 { throw FileError("unlink", file) }
    return [
      AuditEntry(
        .auditPruned, generation: state.head.generation ?? 0,
        [
          ("files", .number(String(old.count))),
          ("up_to_seq", .number(String(position.sequence))),
        ])
    ]
  }
}
