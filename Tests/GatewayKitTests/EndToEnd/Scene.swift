import Foundation

@testable import GatewayKit

/// The gateway and the backends that most end-to-end tests share, started once.
///
/// | backend | what | answers |
/// |---|---|---|
/// | erpnext | official SDK, http, both eras | event streams |
/// | wave | official SDK, https, both eras | JSON |
/// | truenas | official SDK, stdio, both eras | |
/// | homeassistant | the demo server, stdio, both eras | |
struct Scene: Sendable {
  let gateway: RunningGateway
  let client: PeerClient
  let erpnext: PeerServer
  let wave: PeerServer

  static let backends = ["erpnext", "wave", "truenas", "homeassistant"]
  /// Those with the official SDK's tools.
  static let peers = ["erpnext", "wave", "truenas"]
  static let modes = ["legacy", "modern"]
  /// What erpnext wants from its clients; only the gateway has it.
  static let backendToken = "token-that-only-the-gateway-has"

  private static let shared = Task { try await start() }

  /// The scene, with every backend's catalog read.
  static func ready() async throws -> Scene { try await shared.value }

  private static func start() async throws -> Scene {
    let directory = try Place.temporaryDirectory()
    let certificate = "\(directory)/certificate.pem"
    try await makeCertificate(certificate, "\(directory)/key.pem")
    async let erpnext = PeerServer.start("erpnext", "--require-token", backendToken)
    async let wave = PeerServer.start(
      "wave", "--json-response", "--tls", certificate, "\(directory)/key.pem")
    let (http, https) = (try await erpnext, try await wave)
    let gateway = try await RunningGateway.start(
      backends: [
        "erpnext": [
          "url": .string(http.url),
          "headers": ["Authorization": .string("Bearer \(backendToken)"), "X-From": "gateway"],
        ],
        "wave": ["url": .string(https.url)],
        "truenas": [
          "command": .string(try Place.python),
          "args": [
            .string(Place.peer("server.py")), "--transport", "stdio", "--name", "truenas",
          ],
        ],
        "homeassistant": [
          "command": .string(try Place.gateway), "args": ["demo-server", "homeassistant"],
        ],
      ],
      // A thousand calls of two users at once are what some tests are about.
      settings: ["limits": ["streamsPerPrincipal": 2000]],
      environment: ["SSL_CERT_FILE": certificate], directory: directory)
    try await waitForCatalogs(of: gateway)
    return Scene(
      gateway: gateway, client: try PeerClient(), erpnext: http, wave: https)
  }

  static func makeCertificate(_ certificate: String, _ key: String) async throws {
    let (code, _, error) = try await Program.run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
      ])
    guard code == 0 else { throw ProgramFailure("openssl: \(error)") }
  }

  /// Waits until the joint list has tools of every backend.
  static func waitForCatalogs(
    of gateway: RunningGateway, _ backends: [String] = backends,
    within limit: Duration = .seconds(30)
  ) async throws {
    let end = ContinuousClock.now + limit
    var text = ""
    while ContinuousClock.now < end {
      text = try gateway.modern("tools/list").text
      if backends.allSatisfy({ text.contains("\"\($0)__") }) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw ProgramFailure(
      "not every backend gave its catalog within \(limit): \(text)\n\(gateway.program.errorText)")
  }

  /// Connects a client of the official SDK under a new name.
  func connect(_ mode: String, key: String = RunningGateway.staticKey, to path: String = "")
    async throws -> String
  {
    let name = "\(mode)-\(UInt32.random(in: 0 ... .max))"
    try await client.connect(name, to: gateway.url + path, key: key, mode: mode)
    return name
  }

  /// A user's name that no other test has.
  static func newName() -> String { "user-\(UInt32.random(in: 0 ... .max))" }
}
