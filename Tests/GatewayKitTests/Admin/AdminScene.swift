import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import GatewayKit

/// The admin routes over a store of their own, asked in every role without a socket between.
final class AdminScene: Sendable {
  static let adminKey = "the-admin-key-of-these-tests"
  static let staticKey = "the-static-key-of-these-tests"
  static let adminKeyPlace = "/srv/gateway/admin.key"

  let directory: String
  let store: UserStore
  let api: AdminAPI
  let readiness = Readiness()
  let configured: Configured
  private let responder: RouterResponder<AdminRequestContext>

  var storePath: String { "\(directory)/users.json" }

  /// The configured backends, which a reload changes.
  final class Configured: Sendable {
    private let backends: Mutex<[BackendConfiguration]>

    init(_ names: [String]) throws { backends = Mutex(try Self.make(names)) }

    var current: [BackendConfiguration] { backends.withLock { $0 } }

    func replace(by names: [String]) throws {
      let new = try Self.make(names)
      backends.withLock { $0 = new }
    }

    private static func make(_ names: [String]) throws -> [BackendConfiguration] {
      try names.map { name in
        BackendConfiguration(
          name: name,
          transport: .http(url: try BackendURL("http://127.0.0.1:1/mcp"), headers: []))
      }
    }
  }

  /// A fresh scene, gone from the disk when the test is over.
  ///
  /// - Parameter file: what `users.json` holds at the start; an empty store when not given.
  init(
    file: String? = nil, isDemo: Bool = false,
    onUnreadable: GatewayConfiguration.UnreadableStore = .keep
  ) async throws {
    var template = Array("/tmp/gateway-admin-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: errno \(errno)") }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    if let file {
      try Data(file.utf8).write(to: URL(filePath: "\(directory)/users.json"))
    }
    var configuration = GatewayConfiguration(storePath: "\(directory)/users.json")
    configuration.staticKey = Self.staticKey
    configuration.isDemo = isDemo
    configuration.onUnreadableStore = onUnreadable
    store = try await UserStore.open(configuration.storePath, creating: true)
    let configured = try Configured(["erpnext", "wave", "truenas", "homeassistant"])
    self.configured = configured
    readiness.isListening = true
    let status = Self.status(configuration)
    let live = LiveState()
    // Its stream of events ends at once, as that of a gateway that stops.
    live.events.finish()
    api = AdminAPI(
      store: store, configuration: configuration, backends: { configured.current },
      adminKey: AdminKey(
        digest: SHA256Digest(hashing: Self.adminKey), place: Self.adminKeyPlace),
      readiness: readiness,
      usage: UsageKeeper(
        UsageFile(beside: configuration.storePath), logger: Logger(label: "scene")),
      metrics: GatewayMetrics(tellsUsers: false), live: live, status: { status })
    responder = api.router().buildResponder()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  static func status(_ configuration: GatewayConfiguration) -> GatewayStatus {
    GatewayStatus(
      name: "mcp-gateway", version: "1", demo: configuration.isDemo,
      startedAt: "2026-03-31T12:00:00Z", uptimeSeconds: 5, listen: "http://127.0.0.1:4444",
      protocolVersions: ["2025-11-25", "2026-07-28"],
      store: GatewayStatus.Store(
        path: configuration.storePath, generation: .max, state: "unreadable",
        since: "2026-03-31T12:00:01Z", error: "line 3: a comma or } was expected"),
      audit: GatewayStatus.Audit(
        path: "/srv/audit.jsonl", sequence: 7, mac: "ab", error: "it is full"),
      backends: [
        GatewayStatus.Backend(
          name: "erpnext", title: "ERP Next", transport: "stdio", state: "up",
          since: "2026-03-31T12:00:00Z", lastError: "it \"ended\"",
          nextTry: "2026-03-31T12:00:30Z", eras: ["legacy", "modern"], versions: ["2025-11-25"],
          tools: 3, prompts: 0, resources: 1, templates: 1, inFlight: 2,
          latencyMilliseconds: 12, childPID: 4711, restarts: 1),
        GatewayStatus.Backend(
          name: "wave", transport: "https", state: "starting", since: "2026-03-31T12:00:00Z",
          eras: [], versions: [], inFlight: 0),
      ],
      connections: 4, streams: 1, sessions: 2,
      limits: Limits.table.map { limit in
        GatewayStatus.Limit(
          name: limit.name, value: limit.number(in: configuration.limits), unit: limit.unit,
          text: limit.text(in: configuration.limits))
      },
      warnings: ["one"])
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  // MARK: Asking

  /// What a request comes with.
  enum Credential: Sendable {
    case none
    /// This as the value of `Authorization`.
    case header(String)
    case key(String)
    case admin
    /// The owner-only socket.
    case socket
  }

  struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    var json: JSONValue? { try? JSONValue.parse(text.utf8) }
    var error: String? { json?["error"]?.stringValue }
    var message: String { json?["message"]?.stringValue ?? "" }
  }

  func ask(
    _ method: HTTPRequest.Method, _ target: String, _ body: String? = nil,
    as credential: Credential = .admin, type: String? = "application/json",
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    var peer = AdminPeer.tcp(address: "192.0.2.1")
    switch credential {
    case .none: break
    case .header(let value): headers[.authorization] = value
    case .key(let key): headers[.authorization] = "Bearer \(key)"
    case .admin: headers[.authorization] = "Bearer \(Self.adminKey)"
    case .socket: peer = .socket(uid: 1000)
    }
    if body != nil { headers[.contentType] = type }
    let application = Application(responder: PeerResponder(responder: responder, peer: peer))
    let sent = headers
    return try await application.test(.router) { client in
      let response = try await client.executeRequest(
        uri: target, method: method, headers: sent, body: body.map { ByteBuffer(string: $0) })
      return Answer(
        status: response.status.code, headers: response.headers,
        text: String(buffer: response.body))
    }
  }

  /// A user with a key; the key.
  func makeUser(_ name: String) async throws -> String {
    try await store.createUser(name)
    return try await store.issueKey(for: name).secret
  }
}

/// Gives the router's requests the peer that the listener would.
private struct PeerResponder: HTTPResponder {
  let responder: RouterResponder<AdminRequestContext>
  let peer: AdminPeer

  func respond(to request: Request, context: PeerContext) async throws -> Response {
    try await responder.respond(
      to: request,
      context: AdminRequestContext(
        source: AdminRequestContextSource(
          channel: context.channel, logger: context.logger, peer: peer)))
  }
}

private struct PeerContext: InitializableFromSource, RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// All tests of the admin routes.
@Suite("The admin routes")
enum AdminTests {}
