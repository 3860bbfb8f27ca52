import Glibc

@testable import GatewayKit

/// One run of the built `gateway`, as a shell would run it: its streams are files, never a terminal.
struct CommandRun {
  let exitCode: Int32
  let output: String
  let errors: String

  /// The answer on standard output, parsed.
  var json: JSONValue? { try? JSONValue.parse(Array(output.utf8)) }

  /// The error on standard error, parsed.
  var errorJSON: JSONValue? { try? JSONValue.parse(Array(errors.utf8)) }

  struct Failure: Error {
    let reason: String
  }

  /// The binary that this build made: beside the test bundle.
  static func executable() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { throw Failure(reason: "readlink: errno \(errno)") }
    let tests = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let path = FilePath.sibling(of: tests, named: "gateway")
    guard access(path, X_OK) == 0 else { throw Failure(reason: "there is no \(path)") }
    return path
  }

  /// Runs `gateway` with `arguments` in `folder`, with the folder's environment and nothing else.
  init(_ arguments: [String], in folder: ConfigurationFolder, input: String = "") throws {
    let executable = try Self.executable()
    let number = folder.nextNumber()
    let inputFile = try folder.write("streams/\(number).in", input)
    let outputFile = try folder.write("streams/\(number).out", "")
    let errorFile = try folder.write("streams/\(number).err", "")

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY, 0)

    // env(1) changes the directory; Swift's Glibc has no spawn action for it.
    let program = "/usr/bin/env"
    let words = ([program, "-C", folder.path, executable] + arguments).map { strdup($0) } + [nil]
    let variables = folder.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid = pid_t()
    let result = posix_spawn(&pid, program, &actions, nil, words, variables)
    guard result == 0 else { throw Failure(reason: "posix_spawn: errno \(result)") }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(reason: "waitpid: errno \(errno)") }
    }
    // wait(2): the low seven bits are the signal, the next byte the status.
    exitCode = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    output = try ConfigurationFolder.text(of: outputFile)
    errors = try ConfigurationFolder.text(of: errorFile)
  }
}
