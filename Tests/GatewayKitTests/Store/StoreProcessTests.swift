import Foundation
import Testing

@testable import GatewayKit

@Suite("Several processes, some killed, some of other users", .serialized)
struct StoreProcessTests {
  private static func lines(_ path: String) throws -> [String] { try PlainFile.lines(of: path) }

  @Test func threeProcessesThatWriteAtOnceLoseNothing() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    let count = 60
    let children = try ["a", "b", "c"].map { name in
      try StoreChild(["write", folder.path, name, "\(count)", folder.directory + "/\(name).done"])
    }
    for child in children { #expect(try await child.exitCode() == 0) }
    let store = try await UserStore.open(folder.path)
    let users = Set(store.users().map(\.username))
    for name in ["a", "b", "c"] {
      for number in 0..<count { #expect(users.contains("\(name)-\(number)")) }
    }
    #expect(store.generation == UInt64(3 * count + 1), "as many writes as changes")
  }

  /// `GATEWAY_TEST_KILLS` sets how many; the release check is 1,000, of which at least 300 between
  /// lock and acknowledgement.
  @Test("kill -9 of concurrent writers loses no acknowledged write and never tears the file")
  func kills() async throws {
    let kills = ProcessInfo.processInfo.environment["GATEWAY_TEST_KILLS"].flatMap { Int($0) } ?? 24
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    let names = ["a", "b", "c"]
    var rounds = [0, 0, 0]
    func start(_ place: Int) throws -> StoreChild {
      rounds[place] += 1
      return try StoreChild([
        "write", folder.path, "\(names[place])\(rounds[place])", "1000000",
        folder.directory + "/\(names[place]).done",
      ])
    }
    func mark(_ place: Int) -> UInt8? {
      (try? PlainFile.read(folder.directory + "/\(names[place]).done.mark"))?.first
    }
    var children = try names.indices.map(start)
    var inTheMiddle = 0
    for number in 0..<kills {
      let place = number % 3
      let path = folder.directory + "/\(names[place]).done.mark"
      // It is at work once it has left a mark of its own.
      let deadline = ContinuousClock.now + .seconds(60)
      while mark(place) == nil, children[place].isRunning, ContinuousClock.now < deadline {
        usleep(500)
      }
      try #require(children[place].isRunning, "a writer ended by itself")
      usleep(UInt32.random(in: 0...3000))
      // Two in three are killed while they hold the lock.
      while number % 3 != 2, mark(place) != UInt8(ascii: "L"), ContinuousClock.now < deadline {
        usleep(20)
      }
      children[place].kill()
      _ = try await children[place].exitCode()
      if mark(place) == UInt8(ascii: "L") { inTheMiddle += 1 }
      unlink(path)
      _ = try StoreFile(path: folder.path).read()
      children[place] = try start(place)
    }
    for child in children {
      child.kill()
      _ = try await child.exitCode()
    }
    let store = try await UserStore.open(folder.path)
    let users = Set(store.users().map(\.username))
    var acknowledged = 0
    for name in names {
      for line in try Self.lines(folder.directory + "/\(name).done") {
        acknowledged += 1
        #expect(users.contains(line), "\(line) was acknowledged and is lost")
      }
    }
    #expect(acknowledged > 0)
    #expect(
      inTheMiddle >= kills * 3 / 10, "\(inTheMiddle) of \(kills) between lock and acknowledge")
    try await store.createUser("after-all")
    let leftovers = folder.names.filter { $0.hasSuffix(".tmp") }
    #expect(leftovers == [], "killed writers left files behind")
    print(
      "\(kills) kills, \(inTheMiddle) between lock and acknowledgement, \(acknowledged) acknowledged, \(users.count) users"
    )
  }

  @Test func ofProcessesThatMakeASecretAtOnceAllHaveTheSame() async throws {
    let folder = try StoreFolder()
    let children = try (0..<6).map { _ in
      try StoreChild(["secret", folder.directory + "/admin.key", folder.directory + "/seen"])
    }
    for child in children { #expect(try await child.exitCode() == 0) }
    let seen = try Self.lines(folder.directory + "/seen")
    #expect(seen.count == 6 && Set(seen).count == 1)
    #expect(folder.status(of: "admin.key").st_mode & 0o7777 == 0o600)
    #expect(folder.names == ["admin.key", "seen"])
  }

  // MARK: Other users

  private static let server: uid_t = 61_001
  private static let stranger: uid_t = 61_002

  private static var canBeOthers: Bool {
    geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0
  }

  /// A copy of this program where others may read it.
  private func program(_ folder: StoreFolder) throws -> String {
    let path = folder.directory + "/tests"
    try FileManager.default.copyItem(
      atPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      toPath: path)
    chmod(path, 0o755)
    return path
  }

  private func wait(for word: String, in path: String) async throws {
    for _ in 0..<3000 {
      if try Self.lines(path).contains(where: { $0.hasPrefix(word) }) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("no \(word) in \(path): \(try Self.lines(path))")
  }

  @Test(
    "root and a third user write while a server of another user runs, and it obeys",
    .enabled(if: canBeOthers, "needs root"))
  func owners() async throws {
    let folder = try StoreFolder()
    chmod(folder.directory, 0o755)
    let program = try program(folder)
    let data = folder.directory + "/data"
    let reports = folder.directory + "/reports"
    mkdir(data, 0o755)
    mkdir(reports, 0o777)
    chmod(reports, 0o1777)
    chown(data, Self.server, Self.server)
    let path = data + "/users.json"
    func status(_ name: String) -> stat {
      var status = stat()
      stat("\(data)/\(name)", &status)
      return status
    }
    // Root makes the store; it is the directory's owner's.
    let store = try await UserStore.open(path, creating: true)
    try await store.createUser("alice")
    let key = try await store.issueKey(for: "alice")
    #expect(status("users.json").st_uid == Self.server)
    #expect(status("users.json").st_gid == Self.server)
    #expect(status("users.json").st_mode & 0o7777 == 0o600)
    #expect(status("users.json.1").st_uid == Self.server)
    #expect(status("users.json.lock").st_uid == Self.server)

    let served = reports + "/server"
    let server = try StoreChild(
      ["serve", path, key.secret, served], as: Self.server, program: program)
    try await wait(for: "accepted", in: served)

    // A third user may read and write the directory, and still must not make the file theirs.
    chmod(data, 0o777)
    chmod(path, 0o644)
    let before = try PlainFile.read(path)
    let refused = reports + "/stranger"
    let stranger = try StoreChild(
      ["revoke", path, key.secret, refused], as: Self.stranger, program: program)
    #expect(try await stranger.exitCode() == 0)
    let answer = try #require(try Self.lines(refused).first)
    #expect(answer.hasPrefix("store_foreign_owner "))
    #expect(answer.contains("sudo -u '#\(Self.server)' env USERS_DB_PATH=\(path) "))
    #expect(try PlainFile.read(path) == before)

    // The command that was printed does work: as the owner.
    let owned = reports + "/owner"
    let owner = try StoreChild(
      ["revoke", path, "no such key", owned], as: Self.server, program: program)
    #expect(try await owner.exitCode() == 0)
    #expect(try Self.lines(owned).first?.hasPrefix("key_not_found") == true)

    // Root revokes: the file stays the server's, and the server obeys.
    try await store.revokeKey(.secret(key.secret))
    #expect(status("users.json").st_uid == Self.server)
    #expect(status("users.json").st_mode & 0o7777 == 0o644)
    try await wait(for: "refused", in: served)
    try await wait(for: "written", in: served)
    #expect(try await server.exitCode() == 0)
    _ = try await store.loadAfterNow()
    #expect(store.user("by-the-server") != nil)
  }

  @Test(
    "a stranger makes no store in another's directory, and may in a shared one",
    .enabled(if: canBeOthers, "needs root"))
  func strangers() async throws {
    let folder = try StoreFolder()
    let owner = try AtomicFile.owner(for: folder.path)
    #expect(
      owner == AtomicFile.Owner(uid: geteuid(), gid: folder.status(of: ".").st_gid, mode: 0o600))
    chown(folder.directory, Self.server, Self.server)
    #expect(try AtomicFile.owner(for: folder.path).uid == Self.server)
    chmod(folder.directory, 0o1777)
    #expect(try AtomicFile.owner(for: folder.path).uid == geteuid())
  }
}
