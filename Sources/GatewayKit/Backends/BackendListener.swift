import Synchronization

/// Who hears what a backend says unasked: the backend itself, which reads its lists again, and whoever
/// passes on that a resource has changed.
final class BackendListener: Sendable {
  private struct State {
    weak var backend: Backend?
    var audience = BackendAudience()
  }

  private let state = Mutex(State())

  var backend: Backend? {
    get { state.withLock { $0.backend } }
    set { state.withLock { $0.backend = newValue } }
  }

  var audience: BackendAudience {
    get { state.withLock { $0.audience } }
    set { state.withLock { $0.audience = newValue } }
  }

  /// The lists of a session's own process changed: they are the session's, or taken to be everybody's.
  func listChanged(_ session: SessionNumber, _ kind: Method) {
    let (backend, audience) = state.withLock { ($0.backend, $0.audience) }
    guard let backend else { return }
    if backend.configuration.listsPerSession {
      audience.listChanged(session, kind)
    } else {
      backend.refreshSoon()
    }
  }

  /// What is to be told of now.
  ///
  /// - Parameter process: whose is to tell it, where sessions have their own.
  func wanted(_ process: SessionNumber?) -> Set<Watched> {
    let (backend, audience) = state.withLock { ($0.backend, $0.audience) }
    return backend.map { audience.wanted($0.id, process) } ?? []
  }

  var news: BackendNews {
    BackendNews(
      listChanged: { [weak self] _ in self?.backend?.refreshSoon() },
      updated: { [weak self] in self?.updated($0, $1, by: nil) })
  }

  func updated(_ watched: Watched, _ message: [UInt8], by process: SessionNumber?) {
    let (backend, audience) = state.withLock { ($0.backend, $0.audience) }
    if let backend { audience.updated(backend.id, watched, message, process) }
  }
}
