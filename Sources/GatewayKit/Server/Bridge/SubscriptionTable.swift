import Synchronization

/// Who wants to hear of the changes of what. Each thing is subscribed to once at its backend, whoever and
/// however many they are: a backend knows the gateway, not its clients.
final class SubscriptionTable: Sendable {
  struct Topic: Hashable, Sendable {
    let backend: BackendID
    let watched: Watched
    /// Whose process tells of it, where sessions have their own.
    var process: SessionNumber?

    /// As the process or connection that a client has for itself tells of it.
    func own(of client: ChannelClient, at backend: Backend) -> Topic {
      guard backend.configuration.isolatesSessions else { return self }
      return Topic(backend: self.backend, watched: watched, process: client.session)
    }
  }

  enum Subscriber: Hashable, Sendable {
    /// A legacy session, told on its stream.
    case session(SessionNumber)
    /// A modern client's stream.
    case stream(ConnectionLink)
  }

  private struct State {
    var subscribers: [Topic: Set<Subscriber>] = [:]
    var topics: [Subscriber: Set<Topic>] = [:]
  }

  /// The most topics of one subscriber.
  static let limit = 1000

  private let state = Mutex(State())

  enum Addition { case first, another, tooMany }

  func add(_ subscriber: Subscriber, to topic: Topic) -> Addition {
    state.withLock { state in
      guard state.topics[subscriber, default: []].count < Self.limit else { return .tooMany }
      let isFirst = state.subscribers[topic] == nil
      state.subscribers[topic, default: []].insert(subscriber)
      state.topics[subscriber, default: []].insert(topic)
      return isFirst ? .first : .another
    }
  }

  /// Whether nobody is left.
  func remove(_ subscriber: Subscriber, from topic: Topic) -> Bool {
    state.withLock { Self.remove(subscriber, from: topic, &$0) }
  }

  /// Those topics that nobody is left for.
  func removeAll(of subscriber: Subscriber) -> [Topic] {
    state.withLock { state in
      (state.topics[subscriber] ?? []).filter { Self.remove(subscriber, from: $0, &state) }
    }
  }

  private static func remove(
    _ subscriber: Subscriber, from topic: Topic, _ state: inout State
  ) -> Bool {
    guard state.subscribers[topic]?.remove(subscriber) != nil else { return false }
    state.topics[subscriber]?.remove(topic)
    if state.topics[subscriber]?.isEmpty == true { state.topics[subscriber] = nil }
    guard state.subscribers[topic]?.isEmpty == true else { return false }
    state.subscribers[topic] = nil
    return true
  }

  func subscribers(of topic: Topic) -> Set<Subscriber> {
    state.withLock { $0.subscribers[topic] ?? [] }
  }

  var count: Int { state.withLock { $0.subscribers.count } }
}
