import Logging
import Synchronization

/// What the gateway answers itself: handshakes, lists, unknown names; and what it needs time for.
///
/// One for the process, off the event loops. It holds the routing table that the loops have too.
package final class MCPService: Sendable {
  /// The longest that a list, `initialize` or `discover` waits for a backend that has not given
  /// its catalog yet (DESIGN §7's table).
  let catalogDeadline: Duration
  /// The most items on one page of a list.
  let pageItems: Int
  /// A name that no catalog has makes catalogs be read again, but not more often than this.
  static let refreshInterval = Duration.seconds(5)

  let backends: BackendSet
  let sessions: SessionRegistry
  let logger: Logger
  private let state: Mutex<State>

  private struct State {
    var table: RoutingTable
    var lastRefresh: [BackendID: ContinuousClock.Instant] = [:]
    /// What backends listed on sessions of clients, where the catalogs do not have it.
    var ownNames: [SessionNumber: Set<OwnName>] = [:]
  }

  package init(
    backends: BackendSet, sessions: SessionRegistry, catalogDeadline: Duration,
    pageItems: Int = Limits().pageItems, logger: Logger
  ) {
    self.backends = backends
    self.sessions = sessions
    self.catalogDeadline = catalogDeadline
    self.pageItems = pageItems
    self.logger = logger
    state = Mutex(State(table: RoutingTable(backends.views)))
  }

  /// A name on one list of one backend.
  struct OwnName: Hashable {
    let backend: BackendID
    let list: CatalogList
    let name: String
  }

  /// Whether a backend listed that on a client's session.
  package func hasOwn(
    _ name: String, on list: CatalogList, of backend: BackendID, _ session: SessionNumber
  ) -> Bool {
    state.withLock {
      $0.ownNames[session]?.contains(OwnName(backend: backend, list: list, name: name)) == true
    }
  }

  func noteOwn(
    _ items: [CatalogItem], on list: CatalogList, of backend: BackendID, _ session: SessionNumber
  ) {
    state.withLock { state in
      var names = (state.ownNames[session] ?? []).filter {
        $0.backend != backend || $0.list != list
      }
      names.formUnion(items.map { OwnName(backend: backend, list: list, name: $0.name) })
      state.ownNames[session] = names
    }
  }

  /// A session has ended.
  package func forget(_ session: SessionNumber) {
    state.withLock { $0.ownNames[session] = nil }
  }

  package var table: RoutingTable { state.withLock { $0.table } }

  /// Takes the backends' new views and gives the table made of them.
  package func install(_ views: [BackendView]) -> RoutingTable {
    let table = RoutingTable(views)
    state.withLock { $0.table = table }
    return table
  }

  // MARK: Waiting for catalogs

  /// The table once every backend in reach has its catalog, or as it is at the deadline.
  func settledTable(for call: MCPCall) async -> RoutingTable {
    let clock = ContinuousClock()
    let deadline = clock.now + catalogDeadline
    while true {
      let table = table
      let isWaiting = routes(in: table, for: call).contains {
        $0.view.catalog == nil && $0.view.state == .starting
      }
      guard isWaiting, clock.now < deadline else { return table }
      try? await clock.sleep(for: .milliseconds(10))
      if Task.isCancelled { return table }
    }
  }

  /// The backends that a call sees: those in its caller's reach, or the one that it names.
  func routes(in table: RoutingTable, for call: MCPCall) -> [RoutingTable.Route] {
    if let scope = call.scope {
      return table.route(scope).map { [$0] } ?? []
    }
    return table.routes.filter { call.caller.rules.reaches($0.id) }
  }

  /// Reads again, at most once in a while, the catalogs that a call sees; it names something that
  /// none of them has.
  package func refreshCatalogs(for call: MCPCall) async {
    let now = ContinuousClock.now
    let due = state.withLock { state in
      routes(in: state.table, for: call).map(\.id).filter { id in
        if let last = state.lastRefresh[id], now - last < Self.refreshInterval { return false }
        state.lastRefresh[id] = now
        return true
      }
    }
    await withDiscardingTaskGroup { group in
      for id in due {
        guard let backend = backends.backend(id) else { continue }
        group.addTask { await backend.refreshCatalog() }
        if backend.configuration.listsPerSession, let route = table.route(id) {
          for list in [CatalogList.tools, .prompts] {
            group.addTask { _ = await self.ownItems(list, of: route, call) }
          }
        }
      }
    }
  }
}
