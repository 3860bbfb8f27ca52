@testable import GatewayKit

/// A backend: the official SDK's server over HTTP, ended when the tests end.
final class PeerServer: Sendable {
  let url: String
  private let program: Program

  private init(url: String, program: Program) {
    self.url = url
    self.program = program
  }

  static func start(_ name: String, _ options: String...) async throws -> PeerServer {
    try await start(name, arguments: options)
  }

  static func start(_ name: String, arguments options: [String]) async throws -> PeerServer {
    try await start(name, options)
  }

  static func start(_ name: String, _ options: [String]) async throws -> PeerServer {
    let program = try Program(
      try Place.python, [Place.peer("server.py"), "--name", name, "--until-eof"] + options)
    guard let url = try await program.nextLine(), url.hasPrefix("http") else {
      program.closeInput()
      _ = try? await program.exitCode()
      throw ProgramFailure("the peer \(name) did not start:\n\(program.errorText)")
    }
    return PeerServer(url: url, program: program)
  }

  /// What it has seen since its start; see `Tests/Peers/stats.py`. Plain HTTP peers only.
  func stats() throws -> JSONValue {
    let port = try Wire.port(of: url)
    let answer = try Wire.exchange(port: port, "GET", "/stats")
    return try answer.json
  }

  func stop() async {
    program.closeInput()
    _ = try? await program.exitCode()
  }

  /// Ends it as a crash would.
  func kill() async {
    program.signal(9)
    _ = try? await program.exitCode()
  }
}
