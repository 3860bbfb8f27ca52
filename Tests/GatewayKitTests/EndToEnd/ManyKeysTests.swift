import Foundation
import Testing

@testable import GatewayKit

/// Changes by the library in the tests' own process, which is another than the gateway's.
@Suite("Many changes, each seen by the next request", .timeLimit(.minutes(30)))
struct ManyKeysTests {
  /// Connections enough that every event loop has some.
  private static let width = 8
  /// `GATEWAY_TEST_REVOCATIONS`, for the 10,000 of a release; they take minutes.
  private static let rounds =
    ProcessInfo.processInfo.environment["GATEWAY_TEST_REVOCATIONS"].flatMap { Int($0) } ?? 1000
  /// After so many keys their user is deleted, so that the store stays small.
  private static let keysPerUser = 50

  @Test("many keys work at once and, once revoked, never again on any event loop")
  func revokes() async throws {
    let gateway = try await RunningGateway.start(backends: [:])
    let store = try await UserStore.open("\(gateway.directory)/users.json")
    // A new connection has ten seconds for its first request, which a busy machine may need for a key.
    let wires = try (0..<Self.width).map { _ in
      let wire = try Wire(port: gateway.port)
      #expect(try head(wire, "no key") == 401)
      return wire
    }
    var passed: [String] = []
    var name = ""
    for round in 0..<Self.rounds {
      if round % Self.keysPerUser == 0 {
        if !name.isEmpty { try await store.deleteUser(name) }
        name = "user-\(round)"
        try await store.createUser(name)
      }
      let issued = try await store.issueKey(for: name, named: "key-\(round)")
      let status = try head(wires[round % Self.width], issued.secret)
      if status != 200 { passed.append("round \(round): \(status) for a new key") }
      try await store.revokeKey(.secret(issued.secret))
      for (number, wire) in wires.enumerated() {
        let status = try head(wire, issued.secret)
        if status != 401 {
          passed.append("round \(round), connection \(number): \(status) for a revoked key")
        }
      }
      guard passed.count < 10 else { break }
    }
    #expect(passed.isEmpty, "\(passed)")
    try await gateway.stop()
  }

  private func head(_ wire: Wire, _ key: String) throws -> Int {
    try wire.send("HEAD", "/mcp", [("Authorization", "Bearer \(key)")])
    return try wire.receive(toHead: true).status
  }
}
