import Foundation

@testable import GatewayKit

/// A real `gateway serve` in a directory of its own, on a free port.
final class RunningGateway: Sendable {
  let port: Int
  let directory: String
  let program: Program

  /// The key that reaches every backend.
  static let staticKey = "static-key-of-the-tests"
  static let adminKey = "admin-key-of-the-tests"

  private init(port: Int, directory: String, program: Program) {
    self.port = port
    self.directory = directory
    self.program = program
  }

  /// - Parameters:
  ///   - backends: what stands under `mcpServers`.
  ///   - settings: what stands under `gateway`, beside the store's place.
  ///   - output: the file that standard output is, instead of a pipe that is read.
  ///   - wrapper: a program that becomes the gateway.
  static func start(
    backends: JSONValue, settings: JSONValue = [:], environment: [String: String] = [:],
    directory given: String? = nil, output: String? = nil, wrapper: String? = nil
  ) async throws -> RunningGateway {
    let directory = try given ?? Place.temporaryDirectory()
    var gateway = settings.objectValue ?? JSONObject()
    gateway["store"] = .string("users.json")
    gateway["listen"] = "127.0.0.1:0"
    let configuration: JSONValue = ["mcpServers": backends, "gateway": .object(gateway)]
    try Data(configuration.bytes).write(to: URL(filePath: "\(directory)/gateway.json"))
    let variables = [
      "STATIC_API_KEY": staticKey, "ADMIN_API_KEY": adminKey, "SWIFT_BACKTRACE": "enable=no",
    ]
    let command =
      [wrapper, try Place.gateway].compactMap { $0 }
      + ["serve", "--config", "\(directory)/gateway.json"]
    let program = try Program(
      command[0], Array(command.dropFirst()),
      environment: variables.merging(environment) { $1 }, directory: directory, output: output)
    Leftovers.add(process: program.processIdentifier)
    let line = try await program.errorLine(containing: "listening on http://")
    let address = String(
      line[line.firstRange(of: "http://").map(\.lowerBound)!...].prefix { $0 != "\"" })
    return RunningGateway(
      port: try Wire.port(of: address), directory: directory, program: program)
  }

  var url: String { "http://127.0.0.1:\(port)/mcp" }

  /// Runs the `gateway` command on this gateway's store, as an operator does: another process.
  @discardableResult
  func command(_ arguments: String...) async throws -> JSONValue {
    let (code, output, error) = try await Program.run(
      try Place.gateway,
      arguments + ["--json", "--config", "\(directory)/gateway.json"])
    guard code == 0 else {
      throw ProgramFailure("gateway \(arguments.joined(separator: " ")): exit \(code)\n\(error)")
    }
    return try JSONValue.parse(output.utf8)
  }

  /// Makes a user with one key, and gives the key.
  func makeUser(_ name: String, allow: [String] = [], block: [String] = []) async throws
    -> String
  {
    try await command("users", "create", name)
    if !allow.isEmpty || !block.isEmpty {
      try await setAccess(of: name, allow: allow, block: block)
    }
    return try await makeKey(for: name)
  }

  func makeKey(for user: String, named name: String? = nil) async throws -> String {
    let answer =
      if let name {
        try await command("keys", "create", user, "--name", name)
      } else {
        try await command("keys", "create", user)
      }
    guard let key = answer["api_key"]?.stringValue else {
      throw ProgramFailure("keys create gave no key: \(answer.text)")
    }
    return key
  }

  func setAccess(of user: String, allow: [String] = [], block: [String] = []) async throws {
    let lists =
      (allow.isEmpty ? [] : ["--allow"] + allow) + (block.isEmpty ? [] : ["--block"] + block)
    let (code, _, error) = try await Program.run(
      try Place.gateway,
      ["access", "set", user] + lists + ["--json", "--config", "\(directory)/gateway.json"])
    guard code == 0 else { throw ProgramFailure("access set: exit \(code)\n\(error)") }
  }

  /// Sends SIGTERM and waits.
  @discardableResult
  func stop() async throws -> Int32 {
    program.signal(SIGTERM)
    let code = try await program.exitCode()
    try? FileManager.default.removeItem(atPath: directory)
    return code
  }
}
