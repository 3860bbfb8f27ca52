import Synchronization

/// Who wants to hear of a resource's changes. Each is subscribed to once at its backend, whoever and
/// however many they are: a backend knows the gateway, not its clients.
final class SubscriptionTable: Sendable {
  struct Resource: Hashable, Sendable {
    let backend: BackendID
    let uri: String
    /// Whose process tells of it, where sessions have their own.
    var process: SessionNumber?

    /// As the process or connection that a client has for itself tells of it.
    func own(of client: ChannelClient, at backend: Backend) -> Resource {
      guard backend.configuration.isolatesSessions else { return self }
      return Resource(backend: self.backend, uri: uri, process: client.session)
    }
  }

  enum Subscriber: Hashable, Sendable {
    /// A legacy session, told on its stream.
    case session(SessionNumber)
    /// A modern client's stream.
    case stream(ConnectionLink)
  }

  private struct State {
    var subscribers: [Resource: Set<Subscriber>] = [:]
    var resources: [Subscriber: Set<Resource>] = [:]
  }

  /// The most resources of one subscriber.
  static let limit = 1000

  private let state = Mutex(State())

  enum Addition { case first, another, tooMany }

  func add(_ subscriber: Subscriber, to resource: Resource) -> Addition {
    state.withLock { state in
      guard state.resources[subscriber, default: []].count < Self.limit else { return .tooMany }
      let isFirst = state.subscribers[resource] == nil
      state.subscribers[resource, default: []].insert(subscriber)
      state.resources[subscriber, default: []].insert(resource)
      return isFirst ? .first : .another
    }
  }

  /// Whether nobody is left.
  func remove(_ subscriber: Subscriber, from resource: Resource) -> Bool {
    state.withLock { Self.remove(subscriber, from: resource, &$0) }
  }

  /// Those resources that nobody is left for.
  func removeAll(of subscriber: Subscriber) -> [Resource] {
    state.withLock { state in
      (state.resources[subscriber] ?? []).filter { Self.remove(subscriber, from: $0, &state) }
    }
  }

  private static func remove(
    _ subscriber: Subscriber, from resource: Resource, _ state: inout State
  ) -> Bool {
    guard state.subscribers[resource]?.remove(subscriber) != nil else { return false }
    state.resources[subscriber]?.remove(resource)
    if state.resources[subscriber]?.isEmpty == true { state.resources[subscriber] = nil }
    guard state.subscribers[resource]?.isEmpty == true else { return false }
    state.subscribers[resource] = nil
    return true
  }

  func subscribers(of resource: Resource) -> Set<Subscriber> {
    state.withLock { $0.subscribers[resource] ?? [] }
  }

  var count: Int { state.withLock { $0.subscribers.count } }
}
