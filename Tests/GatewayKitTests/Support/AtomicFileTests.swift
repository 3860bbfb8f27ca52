import Foundation
import Testing

@testable import GatewayKit

@Suite("Files beside the store")
struct AtomicFileTests {
  @Test func aSecretIsMadeOnceAndKeptForItsOwner() throws {
    let folder = try StoreFolder()
    let path = folder.directory + "/admin.key"
    let first = try SecretFile.loadOrCreate(path, prefix: "mcpgw-admin-")
    #expect(first.isNew && first.secret.hasPrefix("mcpgw-admin-") && first.secret.utf8.count == 55)
    #expect(folder.status(of: "admin.key").st_mode & 0o7777 == 0o600)
    let second = try SecretFile.loadOrCreate(path, prefix: "x")
    #expect(!second.isNew && second.secret == first.secret)
    #expect(folder.names == ["admin.key"])
  }

  @Test func aSecretThatSomebodyWroteIsTakenAsItIs() throws {
    let folder = try StoreFolder()
    try folder.write("  my own secret\n", to: "k")
    #expect(try SecretFile.loadOrCreate(folder.directory + "/k", prefix: "").secret == "my")
    try folder.write("\n", to: "empty")
    #expect(try SecretFile.loadOrCreate(folder.directory + "/empty", prefix: "").isNew)
  }

  @Test func aFileIsCreatedOnlyWhereThereIsNone() throws {
    let folder = try StoreFolder()
    let file = AtomicFile(folder.path)
    let owner = AtomicFile.Owner(uid: geteuid(), gid: getegid(), mode: 0o600)
    #expect(try file.create(with: [1], owner: owner))
    #expect(!(try file.create(with: [2], owner: owner)))
    #expect(try folder.bytes() == [1])
    #expect(folder.names == ["users.json"])
  }

  @Test func withoutLinksAFileIsCreatedAllTheSame() throws {
    let folder = try StoreFolder()
    var calls = FileCalls.system
    calls.link = { _, _ in
      errno = EOPNOTSUPP
      return -1
    }
    let owner = AtomicFile.Owner(uid: geteuid(), gid: getegid(), mode: 0o600)
    #expect(try AtomicFile(folder.path, calls: calls).create(with: [1], owner: owner))
    #expect(try folder.bytes() == [1])
    #expect(folder.names == ["users.json"])
  }

  @Test func aLineIsAppendedToWhatIsThere() throws {
    let folder = try StoreFolder()
    let path = folder.directory + "/ended"
    for line in ["a\n", "b\n"] { try PlainFile.append(Array(line.utf8), to: path) }
    #expect(try PlainFile.lines(of: path) == ["a", "b"])
    #expect(try PlainFile.lines(of: path + "-not") == [])
  }
}
