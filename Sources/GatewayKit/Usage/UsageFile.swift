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

  /// The book as it was left; nil where there is none, or none that can be read.
  package func read() throws(FileError) -> UsageBook? {
    var book: UsageBook?
    if let bytes = try PlainFile.read(path, limit: Self.sizeLimit) {
      guard let json = try? JSONValue.parse(bytes), let read = UsageBook(json) else {
        throw FileError("read", path, EBADMSG)
      }
      book = read
    }
    guard access(journalPath, F_OK) == 0 else { return book }
    var reader = try LineFile(journalPath)
    try reader.forEachLine { line in
      guard let (number, delta) = UsageDelta.parse(line) else { return true }
      if book == nil { book = UsageBook(began: delta.time) }
      // Those before are in the book.
      if let known = book?.number, number > known { book?.apply(delta, number: number) }
      return true
    }
    return book
  }

  var damagedPath: String { path + ".damaged" }

  /// Leaves room for a new book.
  func putAside() {
    rename(path, damagedPath)
    unlink(journalPath)
  }

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
      let bytes = book.json.bytes
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
