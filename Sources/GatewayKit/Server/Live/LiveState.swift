import NIOCore
import Synchronization

/// Who is connected at this moment: sessions, streams, and what can be done about them.
final class LiveState: Sendable {
  /// The most sessions and the most streams that `/status` shows; `/sessions` shows all.
  static let statusLimit = 1000

  private let server = Mutex<ServerContext?>(nil)
  let events = EventHub()

  /// The server is made after the routes that show its state.
  func attach(_ server: ServerContext) { self.server.withLock { $0 = server } }

  private var attached: ServerContext? { server.withLock { $0 } }

  // MARK: Looking

  /// Legacy sessions that are in memory, those last used first, at most so many.
  func sessions(limit: Int = .max) async -> [GatewayStatus.Session] {
    guard let server = attached else { return [] }
    var names = Usernames(server.store)
    let now = Timestamp.now
    let clock = MonotonicClock.seconds
    // Read once: they go on being used while they are sorted.
    let entries = await server.mcp.sessions.entries.map {
      (entry: $0, lastUsed: $0.use.last)
    }
    let latest = entries.sorted { $0.lastUsed > $1.lastUsed }.prefix(limit)
    return latest.map { entry, lastUsed in
      let token = entry.token
      return GatewayStatus.Session(
        id: String(token.number.description.prefix(Self.idLength)),
        user: names.name(of: token.principal), client: token.client.name,
        version: token.version.rawValue, backend: token.backend,
        ageSeconds: Int(token.issued.duration(to: now).components.seconds),
        idleSeconds: Int(max(0, clock - lastUsed)),
        backends: entry.links.map(\.backend.name))
    }
  }

  /// Open streams of clients, the oldest first.
  func streams() async -> [GatewayStatus.Stream] {
    guard let server = attached else { return [] }
    var names = Usernames(server.store)
    var streams: [GatewayStatus.Stream] = []
    for handle in server.loops {
      let own = (try? await handle.perform { $0.openStreams }) ?? []
      for stream in own {
        let session = stream.session.map { String($0.description.prefix(Self.idLength)) }
        streams.append(
          GatewayStatus.Stream(
            user: names.name(of: stream.principal), client: stream.client,
            address: stream.address, session: session, backend: stream.backend?.name,
            tool: stream.tool, ageSeconds: stream.ageSeconds))
      }
    }
    return streams.sorted { $0.ageSeconds > $1.ageSeconds }
  }

  // MARK: Ending

  /// How much of a session's number its id shows: as in the audit log.
  static let idLength = 12

  enum EndError: Error, Equatable {
    case notFound
    case ambiguous
  }

  /// Ends a session for good, its streams and the calls that are under way in it too.
  ///
  /// - Parameter id: the beginning of its number, at least ``idLength`` digits.
  /// - Throws: ``EndError``, or what keeps the end from being written.
  func endSession(_ id: String, by actor: AuditActor) async throws {
    guard let server = attached, id.utf8.count >= Self.idLength else { throw EndError.notFound }
    let found = await server.mcp.sessions.entries.filter {
      $0.token.number.description.hasPrefix(id)
    }
    guard let entry = found.first else { throw EndError.notFound }
    guard found.count == 1 else { throw EndError.ambiguous }
    let number = entry.token.number
    var names = Usernames(server.store)
    try await server.mcp.sessions.end(entry) {
      for handle in server.loops {
        _ = try? await handle.perform { $0.endSession(number) }
      }
    }
    server.activity?.append(
      AuditEntry(
        .sessionEnded, generation: server.store.generation,
        [
          ("user", .string(names.name(of: entry.token.principal))),
          ("session", .string(String(number.description.prefix(Self.idLength)))),
          ("actor", actor.json),
        ]))
  }
}

/// Users' names by their ids, each looked up once: of many users few are connected.
private struct Usernames {
  private let store: UserStore
  private var known: [String: String] = [:]

  init(_ store: UserStore) { self.store = store }

  mutating func name(of principal: Principal) -> String {
    guard case .user(let id) = principal else { return principal.description }
    if let name = known[id] { return name }
    let name = store.user(id: id)?.username ?? principal.description
    known[id] = name
    return name
  }
}

/// A stream as its loop knows it.
struct OpenStream: Sendable {
  let principal: Principal
  let client: String?
  let address: String
  let session: SessionNumber?
  let backend: BackendID?
  let tool: String?
  let ageSeconds: Int
}

extension ClientIdentity {
  /// `name/version`, as the client said it; nil for one that said nothing.
  var name: String? {
    guard let name = info?["name"]?.stringValue else { return nil }
    return info?["version"]?.stringValue.map { "\(name)/\($0)" } ?? name
  }
}
