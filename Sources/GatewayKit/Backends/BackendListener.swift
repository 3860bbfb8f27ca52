import Synchronization

/// Who hears what a backend says unasked: the backend itself, which reads its lists again, and whoever
/// passes on that a resource has changed.
final class BackendListener: Sendable {
  private struct State {
    weak var backend: Backend?
    var updated: @Sendable (BackendID, String) -> Void = { _, _ in }
  }

  private let state = Mutex(State())

  var backend: Backend? {
    get { state.withLock { $0.backend } }
    set { state.withLock { $0.backend = newValue } }
  }

  func onUpdate(_ body: @escaping @Sendable (BackendID, String) -> Void) {
    state.withLock { $0.updated = body }
  }

  var news: BackendNews {
    BackendNews(
      listChanged: { [weak self] in self?.backend?.refreshSoon() },
      updated: { [weak self] uri in
        guard let (backend, updated) = self?.state.withLock({ ($0.backend, $0.updated) }),
          let backend
        else { return }
        updated(backend.id, uri)
      })
  }
}
