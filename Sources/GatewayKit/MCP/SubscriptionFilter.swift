/// What `subscriptions/listen` asks to be told of, and what its acknowledgement grants of that
/// (2026-07-28, Subscriptions; of tasks, the extension `io.modelcontextprotocol/tasks`, Task Status
/// Notifications).
package struct SubscriptionFilter: Sendable {
  package var lists: [ListChange]
  /// In the order in which they were asked for.
  package var watched: [Watched]

  package init(lists: [ListChange], watched: [Watched]) {
    self.lists = lists
    self.watched = watched
  }

  /// - Parameter limit: how many resources, and how many tasks, are taken.
  package init(_ json: JSONValue?, limit: Int = .max) {
    lists = ListChange.all.filter { json?[$0.filterMember]?.boolValue == true }
    func texts(_ member: String) -> [String] {
      (json?[member]?.arrayValue ?? []).prefix(limit).compactMap(\.stringValue)
    }
    watched = texts(Self.resources).map(Watched.resource) + texts(Self.tasks).map(Watched.task)
  }

  /// What of it an acknowledgement, a whole message, grants.
  package func granted(by acknowledgement: [UInt8]) -> Set<Watched> {
    let granted = (try? JSONValue.parse(acknowledgement))?["params"]?["notifications"]
    return Set(watched).intersection(SubscriptionFilter(granted).watched)
  }

  package var isEmpty: Bool { lists.isEmpty && watched.isEmpty }

  package var json: JSONObject {
    var filter = JSONObject()
    for list in lists { filter[list.filterMember] = .bool(true) }
    var (uris, ids): ([JSONValue], [JSONValue]) = ([], [])
    for watched in watched {
      switch watched {
      case .resource(let uri): uris.append(.string(uri))
      case .task(let id): ids.append(.string(id))
      }
    }
    if !uris.isEmpty { filter[Self.resources] = .array(uris) }
    if !ids.isEmpty { filter[Self.tasks] = .array(ids) }
    return filter
  }

  private static let resources = "resourceSubscriptions"
  package static let tasks = "taskIds"
}

/// One thing whose changes a server can be asked to tell.
package enum Watched: Hashable, Sendable {
  /// By its URI.
  case resource(String)
  /// By its id.
  case task(String)

  /// Whether a server with such capabilities can be asked.
  package func isOffered(by capabilities: JSONValue?, in era: ProtocolVersion.Era) -> Bool {
    switch self {
    case .resource: capabilities?["resources"]?["subscribe"]?.boolValue == true
    case .task: era == .modern && capabilities?["extensions"]?[TasksExtension.name] != nil
    }
  }
}
