import Synchronization

/// Who wants to hear of the changes of what, and so what each backend is to tell of: once, whoever and
/// however many they are, since a backend knows the gateway and not its clients.
final class SubscriptionTable: Sendable {
  struct Topic: Hashable, Sendable {
    let backend: BackendID
    let watched: Watched
    /// Whose process tells of it, where sessions have their own.
    var process: SessionNumber?

    func told(by process: SessionNumber?) -> Topic {
      Topic(backend: backend, watched: watched, process: process)
    }
  }

  enum Subscriber: Hashable, Sendable {
    /// A legacy session, told on its stream.
    case session(SessionNumber)
    /// A modern client's stream.
    case stream(ConnectionLink)
  }

  /// Where something is told.
  struct Site: Hashable, Sendable {
    let backend: BackendID
    let process: SessionNumber?

    init(_ topic: Topic) { (backend, process) = (topic.backend, topic.process) }

    init(backend: BackendID, process: SessionNumber?) {
      (self.backend, self.process) = (backend, process)
    }
  }

  private struct State {
    var subscribers: [Site: [Watched: Set<Subscriber>]] = [:]
    var topics: [Subscriber: Set<Topic>] = [:]
  }

  /// The most topics of one subscriber.
  static let limit = 1000

  private let state = Mutex(State())

  /// Whether there is room for it.
  func add(_ subscriber: Subscriber, to topic: Topic) -> Bool {
    state.withLock { state in
      guard state.topics[subscriber, default: []].count < Self.limit else { return false }
      state.topics[subscriber, default: []].insert(topic)
      state.subscribers[Site(topic), default: [:]][topic.watched, default: []].insert(subscriber)
      return true
    }
  }

  func remove(_ subscriber: Subscriber, from topic: Topic) {
    state.withLock { Self.remove(subscriber, from: topic, &$0) }
  }

  /// Where it had any.
  func removeAll(of subscriber: Subscriber) -> Set<Site> {
    state.withLock { state in
      let topics = state.topics[subscriber] ?? []
      for topic in topics { Self.remove(subscriber, from: topic, &state) }
      return Set(topics.map(Site.init))
    }
  }

  private static func remove(
    _ subscriber: Subscriber, from topic: Topic, _ state: inout State
  ) {
    let site = Site(topic)
    state.topics[subscriber]?.remove(topic)
    if state.topics[subscriber]?.isEmpty == true { state.topics[subscriber] = nil }
    state.subscribers[site]?[topic.watched]?.remove(subscriber)
    if state.subscribers[site]?[topic.watched]?.isEmpty == true {
      state.subscribers[site]?[topic.watched] = nil
    }
    if state.subscribers[site]?.isEmpty == true { state.subscribers[site] = nil }
  }

  func subscribers(of topic: Topic) -> Set<Subscriber> {
    state.withLock { $0.subscribers[Site(topic)]?[topic.watched] ?? [] }
  }

  /// What is to be told there.
  func wanted(at site: Site) -> Set<Watched> {
    state.withLock { $0.subscribers[site].map { Set($0.keys) } ?? [] }
  }
}
