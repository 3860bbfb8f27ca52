import Synchronization

/// A backend's name as a small integer, the same for the life of the process.
///
/// Access lists, catalogs and routes compare these on every request instead of strings. A name that
/// no backend has gets a number too, so that an entry comes into force when its backend is configured.
package struct BackendID: Hashable, Sendable {
  package let index: UInt32

  private struct Names {
    var byName: [String: UInt32] = [:]
    var inOrder: [String] = []
  }
  private static let names = Mutex(Names())

  /// The number of `name`, drawn on first use. Takes a lock: never call it on the data path.
  package init(_ name: String) {
    index = Self.names.withLock { names in
      if let known = names.byName[name] { return known }
      let drawn = UInt32(names.inOrder.count)
      names.byName[name] = drawn
      names.inOrder.append(name)
      return drawn
    }
  }

  /// The name that this number stands for.
  package var name: String {
    Self.names.withLock { $0.inOrder[Int(index)] }
  }
}
