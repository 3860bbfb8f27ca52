import Foundation
import Testing

@testable import GatewayKit

@Suite("The snippets that the documentation starts from do what they say")
struct SnippetTests {
  /// Runs a built snippet; the build puts it beside the tests.
  private func run(_ name: String, _ arguments: String...) throws -> (code: Int32, output: String) {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: name)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  @Test func aUserIsMadeWithAKeyThatWorksAndAccess() async throws {
    let folder = try StoreFolder()
    let made = try run("MakeUser", folder.path, "alice")
    #expect(made.code == 0)
    let store = try await UserStore.open(folder.path)
    #expect(KeyForm(of: made.output) == .wellFormed)
    #expect(store.snapshot.accepts(made.output))
    #expect(store.user("alice")?.allowed == ["erpnext", "wave/get_*"])
    let again = try run("MakeUser", folder.path, "alice")
    #expect(again.code == 4 && again.output.contains("alice already"))
  }

  @Test func onlyKeysThatAreOldEnoughAreRotated() async throws {
    let folder = try StoreFolder()
    let (old, young) = (SHA256Digest(hashing: "old"), SHA256Digest(hashing: "young"))
    let recent = Timestamp.now.advanced(by: .seconds(-86_400)).storeText
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}}, "api_keys": {"\#(old.hex)": {"user_id": "1", "key_name": "old", "created_at": "2026-01-01T00:00:00"}, "\#(young.hex)": {"user_id": "1", "key_name": "young", "created_at": "\#(recent)"}}}"#
    )
    let rotated = try run("RotateOldKeys", folder.path, "60")
    #expect(rotated.code == 0)
    let secret = try #require(rotated.output.split(separator: " ").last.map(String.init))
    #expect(rotated.output == "a old-2 \(secret)")
    let store = try await UserStore.open(folder.path)
    #expect(store.snapshot.accepts(secret) && store.snapshot.accepts("old"))
    #expect(try store.key(.secret("young")).expiresAt == nil)
    #expect(try store.key(.secret("old")).expiresAt != nil)
    #expect(try run("RotateOldKeys", folder.path, "60").output == "", "it is rotated once")
  }

  @Test func theReportNamesWhoReachesABackend() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob", "carol")
    try await store.issueKey(for: "alice")
    try await store.block(["erpnext"], for: "bob")
    try await store.setEnabled(false, for: "carol")
    let report = try run("WhoCanReach", folder.path, "erpnext")
    #expect(
      report.output == """
        alice: 1 valid keys, because of no rule stands against it
        carol: disabled, because of no rule stands against it
        """)
    #expect(try run("WhoCanReach", folder.path + "-not", "erpnext").code == 3)
  }
}
