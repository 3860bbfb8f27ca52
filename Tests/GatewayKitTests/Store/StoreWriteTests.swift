import Foundation
import Testing

@testable import GatewayKit

@Suite("A write: its order, and what a failure leaves")
struct StoreWriteTests {
  private func open(_ folder: StoreFolder, _ recorder: CallRecorder) async throws -> UserStore {
    try await UserStore.open(StoreFile(path: folder.path, calls: recorder.calls))
  }

  @Test("write, fsync, rename, fsync of the directory, acknowledge: in this order")
  func order() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    let recorder = CallRecorder()
    let store = try await open(folder, recorder)
    store.onPublish { _ in recorder.mark("publish") }
    try await store.createUser("bob")
    recorder.mark("acknowledge")
    let today = Timestamp.now.isoDate
    let trace = recorder.trace.filter { !$0.hasSuffix(today) }
    #expect(
      trace == [
        "unlink tmp", "open tmp", "fchown tmp", "fchmod tmp", "write tmp", "fsync tmp",
        "close tmp", "rename 1 2", "link file 1", "rename tmp file", "open directory",
        "fsync directory", "close directory", "publish", "acknowledge",
      ])
  }

  @Test("ENOSPC and EIO at each call leave a file that is whole", arguments: [ENOSPC, EIO])
  func faults(code: Int32) async throws {
    let calls = try await traceOfAWrite()
    for place in calls.indices {
      let folder = try StoreFolder()
      let made = try await folder.store("alice", "bob")
      let key = try await made.issueKey(for: "alice")
      let before = try folder.bytes()
      let recorder = CallRecorder(CallRecorder.Fault(place: place, code: code))
      let store = try await open(folder, recorder)
      var failure: StoreError?
      do {
        try await store.revokeKey(.secret(key.secret))
      } catch {
        failure = error
      }
      let call = calls[place]
      let after = try folder.bytes()
      let isReplaced = after != before
      let again = try await UserStore.open(folder.path)
      // What the process serves is what is on disk.
      #expect(store.snapshot.accepts(key.secret) == again.snapshot.accepts(key.secret), "\(call)")
      switch failure {
      case nil:
        #expect(isReplaced, "acknowledged and not written: \(call)")
        #expect(!again.snapshot.accepts(key.secret), "\(call)")
      case .unconfirmed:
        #expect(isReplaced, "\(call)")
        #expect(call.hasSuffix("directory"), "\(call)")
      case .diskFull(let path):
        #expect(code == ENOSPC && path == folder.path, "\(call)")
        #expect(!isReplaced, "\(call)")
      case .writeFailed(_, let reason):
        #expect(code == EIO && !isReplaced && !reason.isEmpty, "\(call)")
      case .some(let other):
        Issue.record("\(call): \(other)")
      }
      #expect(folder.names.allSatisfy { !$0.hasSuffix(".tmp") || call == "unlink tmp" }, "\(call)")
      // The next write works, and the earlier states are still there to go back to.
      let later = try await UserStore.open(folder.path)
      try await later.createUser("carol")
      let kept = later.generations()
      #expect(kept.contains { $0.users == 2 }, "\(call): \(kept)")
    }
  }

  private func traceOfAWrite() async throws -> [String] {
    let folder = try StoreFolder()
    let made = try await folder.store("alice", "bob")
    let key = try await made.issueKey(for: "alice")
    let recorder = CallRecorder()
    try await open(folder, recorder).revokeKey(.secret(key.secret))
    #expect(recorder.trace.count >= 13)
    return recorder.trace
  }

  @Test func aDiskThatFillsUpInTheMiddleOfAWriteLeavesTheOldFile() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    let before = try folder.bytes()
    let place = try #require(try await traceOfAWrite().firstIndex(of: "write tmp"))
    let recorder = CallRecorder(.init(place: place, code: ENOSPC, isShort: true))
    let store = try await open(folder, recorder)
    await #expect(throws: StoreError.diskFull(path: folder.path)) {
      try await store.createUser("bob")
    }
    #expect(try folder.bytes() == before)
    #expect(store.user("bob") == nil)
    #expect(!folder.names.contains("users.json.tmp"))
  }

  @Test func aRealFullDiskIsTold() async throws {
    // A limit of this size on files is what a full disk is to write(2), but for its errno.
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let recorder = CallRecorder(.init(place: 5, code: EDQUOT))
    let limited = try await open(folder, recorder)
    await #expect(throws: StoreError.diskFull(path: folder.path)) {
      try await limited.createUser("bob")
    }
    #expect(store.user("bob") == nil)
  }

  @Test func aWriteProtectedFileIsRefusedBeforeWriting() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    chmod(folder.path, 0o444)
    let recorder = CallRecorder()
    let store = try await open(folder, recorder)
    do {
      try await store.createUser("bob")
      Issue.record("a write-protected file was replaced")
    } catch {
      #expect(error.code == "store_readonly")
      #expect(error.description.contains("chmod u+w \(folder.path)"))
    }
    #expect(recorder.trace.isEmpty)
  }

  @Test func aMissingDirectoryIsToldUnlessItMayBeMade() async throws {
    let folder = try StoreFolder()
    let path = folder.directory + "/a/b/users.json"
    await #expect(throws: StoreError.missing(path: path)) { try await UserStore.open(path) }
    let store = try await UserStore.open(path, creating: true)
    try await store.createUser("alice")
    var status = stat()
    #expect(stat(folder.directory + "/a/b", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o700)
    try FileManager.default.removeItem(atPath: folder.directory + "/a")
    await #expect(throws: StoreError.missing(path: path)) { try await store.createUser("bob") }
  }

  @Test func whatAKilledWriterLeftBehindIsCleared() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    try folder.write("half a fi", to: "users.json.tmp")
    try await store.createUser("bob")
    #expect(!folder.names.contains("users.json.tmp"))
    #expect(try await UserStore.open(folder.path).users().count == 2)
  }

  @Test func aChangeThatChangesNothingWritesNothing() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    try await store.revokeKey(.secret(key.secret))
    let before = folder.status()
    let generation = store.generation
    try await store.revokeKey(.secret(key.secret))
    try await store.setEnabled(true, for: "alice")
    try await store.clear(["erpnext"], for: "alice")
    #expect(folder.status().st_ino == before.st_ino)
    #expect(store.generation == generation)
  }

  @Test func aWriterThatHoldsTheLockIsNamedAfterThePatience() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    let owner = try AtomicFile.owner(for: folder.path)
    try StoreLock.whileHeld(storePath: folder.path, owner: owner) { () throws(StoreError) in
      let start = ContinuousClock.now
      do throws(StoreError) {
        try StoreLock.whileHeld(
          storePath: folder.path, owner: owner, patience: .milliseconds(200)
        ) {}
        Issue.record("two hold the lock")
      } catch {
        guard case .locked(let holder) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(holder.contains("pid \(getpid()) on "))
        #expect(error.httpStatus == 503)
      }
      #expect(ContinuousClock.now - start >= .milliseconds(200))
    }
  }

  @Test func readersDoNotWaitBehindAWriterThatWaitsForTheLock() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let owner = try AtomicFile.owner(for: folder.path)
    let (held, heldDone) = AsyncStream<Void>.makeStream()
    let (free, freeDone) = AsyncStream<Void>.makeStream()
    let path = folder.path
    let holder = Task.detached {
      let semaphore = DispatchSemaphore(value: 0)
      Task {
        for await _ in free {}
        semaphore.signal()
      }
      await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          try? StoreLock.whileHeld(storePath: path, owner: owner) { () throws(StoreError) in
            heldDone.finish()
            semaphore.wait()
          }
          continuation.resume()
        }
      }
    }
    for await _ in held {}
    let writer = Task { try await store.createUser("bob") }
    try await Task.sleep(for: .milliseconds(50))
    let start = ContinuousClock.now
    _ = try await store.loadAfterNow()
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(store.user("bob") == nil)
    freeDone.finish()
    _ = try await writer.value
    await holder.value
    #expect(store.user("bob") != nil)
  }

  @Test func theCommandOfAForeignOwnerRunsTheSameAsTheOwner() {
    let owner = AtomicFile.Owner(uid: 0, gid: 0, mode: 0o600)
    let command = OwnerCommand.text(
      storePath: "/srv/my data/users.json", owner: owner,
      arguments: ["gateway", "users", "create", "bob", "--description", "it's"], uid: 1000)
    #expect(
      command
        == "sudo -u root env 'USERS_DB_PATH=/srv/my data/users.json' gateway users create bob --description 'it'\\''s'"
    )
  }
}
