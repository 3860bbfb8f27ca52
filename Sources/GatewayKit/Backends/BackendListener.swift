import Synchronization

/// Who hears what a backend says unasked: the backend itself, which reads its lists again, and whoever
/// passes on that a resource has changed.
final class BackendListener: Sendable {
  private struct State {
    weak var backend: Backend?
    var updated: Backend.Updated = { _, _, _, _ in }
    var wanted: Backend.Wanted = { _, _ in [] }
    var listChanged: @Sendable (SessionNumber, Method) -> Void = { _, _ in }
  }

  private let state = Mutex(State())

  var backend: Backend? {
    get { state.withLock { $0.backend } }
    set { state.withLock { $0.backend = newValue } }
  }

  /// The lists of a session's own process changed: they are the session's, or taken to be everybody's.
  func listChanged(_ session: SessionNumber, _ kind: Method) {
    let (backend, told) = state.withLock { ($0.backend, $0.listChanged) }
    guard let backend else { return }
    if backend.configuration.listsPerSession {
      told(session, kind)
    } else {
      backend.refreshSoon()
    }
  }

  func onListChange(_ body: @escaping @Sendable (SessionNumber, Method) -> Void) {
    state.withLock { $0.listChanged = body }
  }

  func onUpdate(_ body: @escaping Backend.Updated) {
    state.withLock { $0.updated = body }
  }

  func onWant(_ body: @escaping Backend.Wanted) { state.withLock { $0.wanted = body } }

  /// What is to be told of now.
  ///
  /// - Parameter process: whose is to tell it, where sessions have their own.
  func wanted(_ process: SessionNumber?) -> Set<Watched> {
    let (backend, wanted) = state.withLock { ($0.backend, $0.wanted) }
    return backend.map { wanted($0.id, process) } ?? []
  }

  var news: BackendNews {
    BackendNews(
      listChanged: { [weak self] _ in self?.backend?.refreshSoon() },
      updated: { [weak self] in self?.updated($0, $1, by: nil) })
  }

  func updated(_ watched: Watched, _ message: [UInt8], by process: SessionNumber?) {
    let (backend, updated) = state.withLock { ($0.backend, $0.updated) }
    if let backend { updated(backend.id, watched, message, process) }
  }
}
