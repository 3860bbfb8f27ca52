import Synchronization

/// Whether the gateway can take requests now, for `/ready`.
package final class Readiness: Sendable {
  private let listening = Atomic<Bool>(false)
  private let draining = Atomic<Bool>(false)

  package init() {}

  package var isListening: Bool {
    get { listening.load(ordering: .relaxed) }
    set { listening.store(newValue, ordering: .relaxed) }
  }

  package var isDraining: Bool {
    get { draining.load(ordering: .relaxed) }
    set { draining.store(newValue, ordering: .relaxed) }
  }
}
