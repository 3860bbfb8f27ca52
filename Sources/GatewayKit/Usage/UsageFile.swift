import Glibc

/// Where what is counted stands on disk, beside the store: `usage.json`, the book at some moment, and
/// `usage.journal`, a line for each delta since.
///
/// The journal is appended to every few seconds without waiting for the disk: a killed gateway loses
/// what came after its last line, a machine that loses its power a little more. Once the journal
/// outgrows the book, the book is written anew and the journal begins again. One process writes;
/// any number read.
package struct UsageFile: Sendable {
  /// The longest that is read.
  private static let sizeLimit = 256 << 20
  /// The journal is never smaller than this before it begins again.
  private static let journalLimit = 1 << 20

  private let directory: String

  /// Those of the store at a path.
  package init(beside storePath: String) { directory = AtomicFile.parent(of: storePath) }

  var path: String { "\(directory)/usage.json" }
  private var journalPath: String { "\(directory)/usage.journal" }
  private var lockPath: String { "\(directory)/usage.lock" }

  // MARK: Reading

  /// Which writing of the files is there; equal ones hold the same.
  package var signature: [FileSignature?] {
    [FileSignature(path: path), FileSignature(path: journalPath)]
  }

  /// What was left.
  package struct Kept {
    package var book: UsageBook?
    /// Why the journal could not be read to its end.
    package var journalFailure: FileError?
  }

  /// The book as it was left, with what the journal adds.
  ///
  /// - Throws: `FileError` when the book cannot be read; EBADMSG when it is none.
  package func read() throws(FileError) -> Kept {
    var kept = Kept()
    if let bytes = try PlainFile.read(path, limit: Self.sizeLimit) {
      guard let json = try? JSONValue.parse(bytes), let book = UsageBook(json) else {
        throw FileError("read", path, EBADMSG)
      }
      kept.book = book
    }
    guard access(journalPath, F_OK) == 0 else { return kept }
    do throws(FileError) {
      try readJournal(into: &kept.book)
    } catch {
      kept.journalFailure = error
    }
    return kept
  }

  private func readJournal(into book: inout UsageBook?) throws(FileError) {
    var read = book
    defer { book = read }
    var reader = try LineFile(journalPath)
    try reader.forEachLine { line in
      guard let (number, delta) = UsageDelta.parse(line) else { return true }
      if read == nil { read = UsageBook(began: delta.time) }
      // Those before are in the book.
      if let known = read?.number, number > known { read?.apply(delta, number: number) }
      return true
    }
  }

  /// Where a damaged file is put.
  func aside(_ path: String) -> String {
    "\(path).damaged-\(Timestamp.now.microseconds / 1_000_000)"
  }

  /// Leaves room for a new book.
  ///
  /// - Returns: where the old one is.
  func putAside() -> String {
    let place = aside(path)
    rename(path, place)
    putJournalAside()
    return place
  }

  func putJournalAside() { rename(journalPath, aside(journalPath)) }

  // MARK: Writing

  /// The right to write, for as long as it lives.
  struct Writer: ~Copyable {
    fileprivate let file: UsageFile
    private let lock: FileLock
    private var journal: Int32 = -1
    private var journalSize = 0
    private var bookSize = 0

    fileprivate init(_ file: UsageFile, _ lock: consuming FileLock) {
      self.file = file
      self.lock = lock
    }

    deinit { if journal >= 0 { close(journal) } }

    /// Adds a delta that is in the book.
    mutating func append(_ delta: UsageDelta, _ book: UsageBook) throws(FileError) {
      if journal < 0 || journalSize > max(UsageFile.journalLimit, bookSize) {
        try rewrite(book)
        return
      }
      let line = delta.line(number: book.number) + [0x0A]
      do throws(FileError) {
        try AtomicFile.writeAll(line, to: journal, file.journalPath, .system)
      } catch {
        // Part of a line may be there: the next one writes the whole book.
        close(journal)
        journal = -1
        throw error
      }
      journalSize += line.count
    }

    /// Writes the whole book, and begins the journal again.
    mutating func rewrite(_ book: UsageBook) throws(FileError) {
      let bytes = book.bytes
      let owner = try AtomicFile.owner(for: file.path)
      try AtomicFile(file.path).replace(with: bytes, owner: owner)
      bookSize = bytes.count
      if journal >= 0 { close(journal) }
      journal = open(
        file.journalPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
        owner.mode & 0o666)
      guard journal >= 0 else { throw FileError("open", file.journalPath) }
      if geteuid() == 0 { _ = fchown(journal, owner.uid, owner.gid) }
      journalSize = 0
    }
  }

  /// Nil when another process has it.
  func writer() throws(FileError) -> Writer? {
    let lock = try FileLock(lockPath, owner: try AtomicFile.owner(for: path))
    guard try lock.take(patience: .zero) else { return nil }
    return Writer(self, lock)
  }
}
