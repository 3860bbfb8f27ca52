@testable import GatewayKit

/// A gateway with backends of one era each, which clients of both eras use.
///
/// | backend | what |
/// |---|---|
/// | old, new | official SDK, http, legacy and modern |
/// | old-sse | the same over HTTP+SSE, which nothing but its answers says |
/// | old-stdio, new-stdio | the same over stdio; the legacy one is a process for each session |
/// | old-shared | as old-stdio, one process for all |
struct BridgeScene: Sendable {
  let gateway: RunningGateway
  let client: PeerClient
  let old: PeerServer
  let new: PeerServer
  private let sse: PeerServer

  static let backends = ["old", "new", "old-sse", "old-stdio", "new-stdio"]
  /// Those in which one client's call changes what another watches.
  static let shared = ["old", "new", "old-shared", "new-stdio"]
  /// What a client answers that can be asked everything.
  static let answers: JSONValue = [
    "form": ["color": "blue"], "url": "accept", "sample": "hi", "roots": ["file:///a"],
  ]

  private static let scene = Task { try await start() }

  static func ready() async throws -> BridgeScene { try await scene.value }

  private static func start() async throws -> BridgeScene {
    async let legacy = PeerServer.start("old", "--eras", "legacy")
    async let modern = PeerServer.start("new", "--eras", "modern")
    async let oldest = PeerServer.start("old-sse", "--transport", "sse", "--path", "/sse")
    let (old, new, sse) = (try await legacy, try await modern, try await oldest)
    let gateway = try await RunningGateway.start(backends: try backends(old, new, sse))
    try await Scene.waitForCatalogs(of: gateway, backends + shared)
    return BridgeScene(gateway: gateway, client: try PeerClient(), old: old, new: new, sse: sse)
  }

  /// What stands under `mcpServers`.
  private static func backends(
    _ old: PeerServer, _ new: PeerServer, _ sse: PeerServer
  ) throws -> JSONValue {
    func stdio(_ era: String, _ name: String) throws -> JSONValue {
      [
        "command": .string(try Place.python),
        "args": [
          .string(Place.peer("server.py")), "--transport", "stdio", "--name", .string(name),
          "--eras", .string(era),
        ],
      ]
    }
    return [
      "old": ["url": .string(old.url)], "new": ["url": .string(new.url)],
      "old-sse": ["url": .string(sse.url)],
      "old-stdio": try stdio("legacy", "old-stdio").adding("sessions", "isolated")
        .adding("processes", 200),
      "new-stdio": try stdio("modern", "new-stdio"),
      "old-shared": try stdio("legacy", "old-shared"),
    ]
  }

  /// Connects a client of the official SDK under a new name.
  func connect(
    _ mode: String, answers: JSONValue = [:], logLevel: String? = nil,
    key: String = RunningGateway.staticKey
  ) async throws -> String {
    let name = "\(mode)-\(UInt32.random(in: 0 ... .max))"
    var target: JSONValue = [
      "client": .string(name), "url": .string(gateway.url), "key": .string(key),
      "mode": .string(mode), "answers": answers,
    ]
    if let logLevel { target = target.adding("logLevel", .string(logLevel)) }
    try await client.do("connect", target)
    return name
  }

  /// The events of a client, once there are so many or some time has passed.
  func events(_ event: String, of name: String, atLeast count: Int) async throws -> [JSONValue] {
    var found: [JSONValue] = []
    for _ in 0..<200 {
      found = client.events.filter {
        $0["event"] == .string(event) && $0["client"] == .string(name)
      }
      if found.count >= count { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    return found
  }
}

extension RunningGateway {
  /// A number of `/status`.
  func status(_ member: String) throws -> Int? {
    try get("/status", key: Self.adminKey).json[member]?.intValue
  }
}

/// What a test waits for.
func eventually(
  within limit: Duration = .seconds(5), _ condition: () async throws -> Bool
) async throws -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return try await condition()
}
