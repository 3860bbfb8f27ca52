@testable import GatewayKit

/// `Tests/Peers/faulty.py`, an HTTP server that does wrong on purpose.
final class FaultyServer: Sendable {
  let url: String
  private let program: Program

  convenience init(_ mode: String...) async throws { try await self.init(mode) }

  init(_ mode: [String]) async throws {
    program = try Program(try Place.python, [Place.peer("faulty.py")] + mode)
    guard let url = try await program.nextLine() else {
      throw ProgramFailure("faulty.py did not start:\n\(program.errorText)")
    }
    self.url = url
  }

  /// From now on it does something else.
  func become(_ mode: String...) throws {
    _ = try Wire.exchange(
      port: try Wire.port(of: url), "GET", "/mode/\(mode.joined(separator: "/"))")
  }

  /// The requests that came, oldest first.
  func seen() throws -> [JSONValue] {
    try Wire.exchange(port: try Wire.port(of: url), "GET", "/seen").json.arrayValue ?? []
  }

  func stop() async {
    program.closeInput()
    _ = try? await program.exitCode()
  }
}
