import Foundation
import Testing

@testable import GatewayKit

/// Another process that works on a store: this test program, run again with one test to do.
///
/// What it shall do stands in a variable of its environment, words separated by line ends; what it
/// did, in files, so that a killed one can be asked too.
final class StoreChild {
  static let variable = "GATEWAY_TEST_STORE_CHILD"

  private let process = Process()

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// - Parameters:
  ///   - uid: as whom it runs; needs root, and a copy of the program that others may read.
  init(_ words: [String], as uid: uid_t? = nil, program: String? = nil) throws {
    let program =
      try program
      ?? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/exe")
    // Whoever runs the tests told the program how: by its own arguments, but for what to run.
    let arguments = [
      "--testing-library", "swift-testing", "--filter", "StoreChildTests", "--no-parallel",
    ]
    if let uid {
      process.executableURL = URL(filePath: "/usr/bin/setpriv")
      process.arguments =
        ["--reuid=\(uid)", "--regid=\(uid)", "--clear-groups", program] + arguments
    } else {
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
    }
    var environment = ProcessInfo.processInfo.environment
    environment[Self.variable] = words.joined(separator: "\n")
    process.environment = environment
    process.currentDirectoryURL = URL(filePath: "/tmp")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

  /// Its exit code, or nil when it takes longer; it is killed then.
  func exitCode(within limit: Duration = .seconds(60)) async throws -> Int32? {
    let end = ContinuousClock.now + limit
    while process.isRunning {
      guard ContinuousClock.now < end else {
        kill()
        return nil
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    return process.terminationStatus
  }

  deinit { if process.isRunning { kill() } }
}

/// The work of such a process. A run of the tests passes over it.
@Suite("Another process")
struct StoreChildTests {
  private static let words =
    ProcessInfo.processInfo.environment[StoreChild.variable]?.split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init) ?? []

  @Test(.enabled(if: !words.isEmpty, "this process is no other one"))
  func works() async throws {
    let words = Self.words
    switch words[0] {
    case "write": try await write(words[1], prefix: words[2], count: Int(words[3]) ?? 0, words[4])
    case "revoke": await revoke(words[1], secret: words[2], words[3])
    case "serve": try await serve(words[1], secret: words[2], words[3])
    case "secret":
      let made = try SecretFile.loadOrCreate(words[1], prefix: "p-")
      try append(made.secret, to: words[2])
    case "write-logged":
      var settings = AuditSettings()
      settings.secrets = [AuditFolder.secret]
      let store = try await UserStore.open(words[1], audit: settings)
      for number in 0..<(Int(words[3]) ?? 0) { try await store.createUser("\(words[2])-\(number)") }
    case "audit":
      try audit(words[1], bytes: Int(words[2]) ?? 0, user: words[3], count: Int(words[4]) ?? 0)
    default: exit(64)
    }
    exit(0)
  }

  /// Makes users until it is killed or has made enough; says `L` when it holds the lock and is
  /// about to write, and each name once it was acknowledged.
  private func write(
    _ path: String, prefix: String, count: Int, _ report: String
  ) async throws {
    let mark = open(report + ".mark", O_WRONLY | O_CREAT, 0o600)
    var calls = FileCalls.system
    let unlink = calls.unlink
    calls.unlink = { path in
      // The first call of a write: see StoreWriteTests.
      if path.hasSuffix("users.json.tmp") { pwrite(mark, "L", 1, 0) }
      return unlink(path)
    }
    let store = try await UserStore.open(StoreFile(path: path, calls: calls))
    for number in 0..<count {
      let name = "\(prefix)-\(number)"
      do {
        try await store.createUser(name)
      } catch StoreError.userExists {
        continue
      } catch StoreError.locked {
        continue
      }
      pwrite(mark, "A", 1, 0)
      try append(name, to: report)
    }
  }

  private func revoke(_ path: String, secret: String, _ report: String) async {
    do {
      try await UserStore.open(path).revokeKey(.secret(secret))
      try append("done", to: report)
    } catch {
      let code = (error as? StoreError)?.code ?? "?"
      try? append("\(code) \(error)", to: report)
    }
  }

  /// Is a gateway as far as the store goes: says when it accepts the key, and when no longer.
  private func serve(_ path: String, secret: String, _ report: String) async throws {
    let store = try await UserStore.open(path)
    store.startWatching()
    var said = ""
    for _ in 0..<20_000 {
      let word = store.snapshot.accepts(secret) ? "accepted" : "refused"
      if word != said { try append(word, to: report) }
      said = word
      if word == "refused" {
        // It still writes its own file.
        try await store.createUser("by-the-server")
        return try append("written", to: report)
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private func audit(_ path: String, bytes: Int, user: String, count: Int) throws {
    var settings = AuditSettings()
    settings.maximumBytes = bytes
    settings.keptFiles = 10_000
    let log = AuditLog(path: path, settings: settings, secrets: [AuditFolder.secret])
    for _ in 0..<count {
      try log.append { _ in
        [AuditBatch([AuditEntry(.userChanged, generation: 1, [("user", .string(user))])])]
      }
    }
  }

  private func append(_ line: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o666)
    guard file >= 0 else { throw FileError("open", path) }
    defer { close(file) }
    let bytes = Array("\(line)\n".utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw FileError("write", path)
    }
  }
}
