import Glibc

/// The users' file on disk: reading it, replacing it, and whose it is.
struct StoreFile: Sendable {
  /// The most bytes that are read.
  static let limit = 4 << 30

  struct Reading {
    let document: StoreDocument
    /// Of just these bytes; nil when they may change without its changing.
    let signature: FileSignature?
  }

  /// Where the file really is: never a symbolic link, which a rename would replace.
  let path: String
  var calls: FileCalls

  init(path: String, calls: FileCalls = .system) {
    self.path = StorePath.resolved(path)
    self.calls = calls
  }

  // MARK: Reading

  /// Nil when there is no file.
  func signature() throws(StoreError) -> FileSignature? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .reading(path, errno)
    }
    return FileSignature(status)
  }

  func read() throws(StoreError) -> Reading {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .reading(path, errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .inaccessible(path: path, reason: "it is no file")
    }
    let bytes: [UInt8]
    do {
      bytes = try PlainFile.read(descriptor, path, limit: Self.limit)
    } catch {
      throw .inaccessible(path: path, reason: error.reason)
    }
    let document = try Self.parse(bytes, path)
    let signature = FileSignature(status)
    return Reading(document: document, signature: signature.isSettled ? signature : nil)
  }

  static func parse(_ bytes: [UInt8], _ path: String) throws(StoreError) -> StoreDocument {
    guard !bytes.isEmpty else {
      throw .unreadable(path: path, line: nil, reason: "the file is empty")
    }
    do {
      return try StoreDocument(reading: bytes)
    } catch {
      throw .unreadable(path: path, line: error.place(in: bytes).line, reason: error.reason)
    }
  }

  // MARK: Whose it is

  /// Whose the next file is: the present one's owner, else the latest kept one's, else the
  /// directory's.
  func owner() throws(StoreError) -> AtomicFile.Owner {
    do {
      if access(path, F_OK) != 0, errno == ENOENT,
        let kept = numberedPaths.first(where: { access($0, F_OK) == 0 })
      {
        return try AtomicFile.owner(for: kept)
      }
      return try AtomicFile.owner(for: path)
    } catch {
      throw StoreError.from(error, path)
    }
  }

  /// Refuses, before anything is written, a writer who could not give the new file to the owner of
  /// the old one, and a file that is write-protected: replacing it would only seem to respect that.
  func checkWritable(by owner: AtomicFile.Owner) throws(StoreError) {
    let directory = AtomicFile.parent(of: path)
    if access(path, F_OK) != 0, access(directory, W_OK | X_OK) != 0 {
      throw .from(FileError("access", directory), path)
    }
    guard owner.isGivable else { throw foreign(owner) }
    guard owner.mode & 0o222 != 0 else {
      throw .readOnly(path: path, reason: "it is write-protected; run: chmod u+w \(path)")
    }
  }

  /// What would keep this process from replacing the file.
  var obstacle: StoreError? {
    do throws(StoreError) {
      try checkWritable(by: try owner())
    } catch {
      return error
    }
    let directory = AtomicFile.parent(of: path)
    guard access(directory, F_OK) == 0, access(directory, W_OK | X_OK) != 0 else { return nil }
    return .from(FileError("access", directory), path)
  }

  private func foreign(_ owner: AtomicFile.Owner) -> StoreError {
    .foreignOwner(path: path, command: OwnerCommand.text(storePath: path, owner: owner))
  }

  // MARK: Writing

  /// Replaces the file and keeps the one that was. On return it is on disk.
  ///
  /// - Throws: ``StoreError/unconfirmed(path:reason:)`` when it was replaced and the disk did not
  ///   confirm it; for every other error the file is as it was.
  func write(_ bytes: [UInt8], owner: AtomicFile.Owner) throws(StoreError) -> FileSignature {
    do {
      // The lock is held: a temporary file of this name is what a killed writer left behind.
      try AtomicFile(path, temporary: path + ".tmp", calls: calls).replace(
        with: bytes, owner: owner
      ) { () throws(FileError) in try keepGeneration() }
    } catch {
      if error.isReplaced { throw .unconfirmed(path: path, reason: error.reason) }
      if error.call == "fchown", error.code == EPERM { throw foreign(owner) }
      throw StoreError.from(error, path)
    }
    guard let signature = try signature() else { throw .missing(path: path) }
    return signature
  }
}
