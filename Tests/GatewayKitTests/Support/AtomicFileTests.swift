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

  @Test func aSecretThatOthersCanReadIsTakenWithAWarning() throws {
    let folder = try StoreFolder()
    try folder.write("a-secret", to: "k")
    let path = folder.directory + "/k"
    chmod(path, 0o600)
    #expect(try SecretFile.loadOrCreate(path, prefix: "").warning == nil)
    chmod(path, 0o640)
    #expect(try SecretFile.loadOrCreate(path, prefix: "").warning?.contains("its group") == true)
    chmod(path, 0o604)
    let warning = try SecretFile.loadOrCreate(path, prefix: "").warning ?? ""
    #expect(warning.hasPrefix("\(path) can be read by every user"), "\(warning)")
    #expect(!warning.contains("a-secret"))
  }

  @Test(arguments: [0o620, 0o602]) func aSecretThatOthersCanWriteIsRefused(mode: mode_t) throws {
    let folder = try StoreFolder()
    try folder.write("a-secret", to: "k")
    let path = folder.directory + "/k"
    chmod(path, mode)
    let error = #expect(throws: FileError.self) { try SecretFile.loadOrCreate(path, prefix: "") }
    #expect(error?.description.contains("chmod 600") == true)
    #expect(error?.description.contains("a-secret") == false)
  }

  @Test("a secret in the file of another user is refused", .enabled(if: geteuid() == 0))
  func refusesForeignSecrets() throws {
    let folder = try StoreFolder()
    try folder.write("a-secret", to: "k")
    let path = folder.directory + "/k"
    chmod(path, 0o600)
    try #require(chown(path, 4321, 4321) == 0)
    #expect(throws: FileError.self) { try SecretFile.loadOrCreate(path, prefix: "") }
    // The directory's owner may write there whatever the file says.
    try #require(chown(folder.directory, 4321, 4321) == 0)
    #expect(try SecretFile.loadOrCreate(path, prefix: "").warning == nil)
  }

  @Test func onlyFilesAreReadAndOnlyUpToTheirLimit() throws {
    let folder = try StoreFolder()
    try folder.write("12345", to: "k")
    let path = folder.directory + "/k"
    #expect(try PlainFile.read(path, limit: 5)?.count == 5)
    #expect(throws: FileError.self) { try PlainFile.read(path, limit: 4) }
    #expect(mkfifo(folder.directory + "/pipe", 0o600) == 0)
    for other in ["/dev/zero", folder.directory, folder.directory + "/pipe"] {
      #expect(throws: FileError.self, "\(other)") { try PlainFile.read(other) }
    }
    // A file of /proc says that it has no bytes.
    #expect(try PlainFile.read("/proc/self/status")?.isEmpty == false)
    #expect(throws: FileError.self) { try PlainFile.read("/proc/self/status", limit: 9) }
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
