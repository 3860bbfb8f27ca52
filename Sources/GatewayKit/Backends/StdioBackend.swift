import Logging
import Synchronization

/// A stdio backend's children: at most one of each era, started when one is first needed.
///
/// `initialize` binds a process to the legacy era for its life (2026-07-28, Versioning, Backward
/// Compatibility), so that one process cannot serve both.
final class StdioBackend: Sendable {
  /// How long a child may take to answer the probe before it is taken for a legacy one.
  static let probeTime = Duration.seconds(5)

  private struct State {
    var starting: [ProtocolVersion.Era: Task<StdioChild, any Error>] = [:]
    var started = 0
    var isStopped = false
    var onEnd: @Sendable (BackendError) -> Void = { _ in }
    var onListChanged: @Sendable () -> Void = {}
    /// What the handshake of each era's child said.
    var handshakes: [ProtocolVersion.Era: JSONObject] = [:]
    /// The era that the catalog is read in; nil until a probe has found it.
    var ownEra: ProtocolVersion.Era?
    var pid: Int32?
  }

  let name: String
  private let launch: StdioChild.Launch
  private let timeout: Duration
  private let logger: Logger
  private let state = Mutex(State())

  init(name: String, launch: StdioChild.Launch, timeout: Duration, logger: Logger) {
    self.name = name
    self.launch = launch
    self.timeout = timeout
    self.logger = logger
  }

  func onEnd(_ body: @escaping @Sendable (BackendError) -> Void) {
    state.withLock { $0.onEnd = body }
  }

  func onListChanged(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.onListChanged = body }
  }

  /// The process that the catalog comes from, and how many were started again.
  var process: (pid: Int32?, restarts: Int) {
    state.withLock { ($0.pid, max(0, $0.started - max(1, $0.starting.count))) }
  }

  // MARK: Children

  /// The child of an era, started and past its handshake.
  func child(of era: ProtocolVersion.Era) async throws -> StdioChild {
    let task = try state.withLock { state -> Task<StdioChild, any Error> in
      guard !state.isStopped else {
        throw BackendError.unavailable(backend: name, reason: "the gateway is stopping", since: nil)
      }
      if let running = state.starting[era] { return running }
      let task = Task { try await self.start(era) }
      state.starting[era] = task
      return task
    }
    do {
      return try await task.value
    } catch {
      state.withLock { state in
        if state.starting[era] == task { state.starting[era] = nil }
      }
      throw error
    }
  }

  private func start(_ era: ProtocolVersion.Era) async throws -> StdioChild {
    let child = launch(era)
    do {
      switch era {
      case .modern: try await discover(child)
      case .legacy: try await initialize(child)
      }
      return child
    } catch {
      child.stop()
      throw error
    }
  }

  private func launch(_ era: ProtocolVersion.Era) -> StdioChild {
    state.withLock { $0.started += 1 }
    return StdioChild.start(
      backend: name, launch, logger: logger,
      onListChanged: { [weak self] in self?.state.withLock { $0.onListChanged }() }
    ) { [weak self] child, error in
      self?.ended(era, error)
    }
  }

  private func ended(_ era: ProtocolVersion.Era, _ error: BackendError) {
    let onEnd = state.withLock { state -> (@Sendable (BackendError) -> Void)? in
      state.starting[era] = nil
      return state.isStopped ? nil : state.onEnd
    }
    onEnd?(error)
  }

  private func discover(_ child: StdioChild) async throws {
    let result = try await child.ask(
      .serverDiscover, JSONObject([("_meta", ModernMeta.gateway)]), within: Self.probeTime)
    let handshake = try JSONValue.parse(result).objectValue ?? JSONObject()
    let versions = handshake["supportedVersions"]?.arrayValue?.compactMap(\.stringValue) ?? []
    guard versions.contains(ProtocolVersion.newestModern.rawValue) else {
      throw BackendError.otherEra(backend: name, speaks: .legacy)
    }
    state.withLock { $0.handshakes[.modern] = handshake }
  }

  private func initialize(_ child: StdioChild) async throws {
    var params = JSONObject()
    params["protocolVersion"] = .string(ProtocolVersion.newestLegacy.rawValue)
    params["capabilities"] = .object(JSONObject())
    params["clientInfo"] = ClientIdentity.gateway.info
    let result: [UInt8]
    do {
      result = try await child.ask(.initialize, params, within: timeout)
    } catch BackendError.refused {
      throw BackendError.otherEra(backend: name, speaks: .modern)
    }
    let handshake = try JSONValue.parse(result).objectValue ?? JSONObject()
    state.withLock { $0.handshakes[.legacy] = handshake }
    let initialized: JSONValue = [
      "jsonrpc": "2.0", "method": .string(Method.notificationsInitialized.name),
    ]
    child.notify(initialized.bytes)
  }

  // MARK: Catalog

  /// Probes as the specification says (2026-07-28, stdio, Backward Compatibility): discover
  /// first, and the legacy handshake on any error that is no modern one, or none in time.
  func findings() async throws -> HTTPBackend.Findings {
    let known = state.withLock { $0.ownEra }
    if known != .legacy {
      do {
        return try await findings(in: .modern)
      } catch BackendError.refused, BackendError.otherEra, BackendError.timedOut {
        if known == .modern {
          throw BackendError.badAnswer(
            backend: name, reason: "it no longer answers server/discover")
        }
      }
    }
    return try await findings(in: .legacy)
  }

  private func findings(in era: ProtocolVersion.Era) async throws -> HTTPBackend.Findings {
    let child = try await child(of: era)
    let handshake = state.withLock { $0.handshakes[era] } ?? JSONObject()
    let timeout = timeout
    var reader = CatalogReader(backend: name, logger: logger) { method, params in
      var params = params
      if era == .modern { params["_meta"] = ModernMeta.gateway }
      return try await child.ask(method, params, within: timeout)
    }
    let catalog = try await reader.read(into: Catalog(handshake: handshake))
    let versions =
      era == .modern
      ? handshake["supportedVersions"]?.arrayValue?.compactMap(\.stringValue) ?? []
      : [handshake["protocolVersion"]?.stringValue ?? ""]
    state.withLock { state in
      state.ownEra = era
      state.pid = child.pid
    }
    return HTTPBackend.Findings(
      eras: Set([era] + versions.compactMap { ProtocolVersion(rawValue: $0)?.era }),
      versions: versions, isSessionless: true, catalog: catalog)
  }

  func stop() async {
    let children = state.withLock { state -> [Task<StdioChild, any Error>] in
      state.isStopped = true
      return Array(state.starting.values)
    }
    for task in children {
      guard let child = try? await task.value else { continue }
      child.stop()
    }
    // Up to the last signal: a gateway that ends leaves no child behind.
    for _ in 0..<100 where state.withLock({ !$0.starting.isEmpty }) {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}
