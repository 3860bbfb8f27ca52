import GatewayKit
import Synchronization

/// Says, once a command is through, that what it changed may be missing in the audit log: its process
/// ends, and nobody else would ever tell.
enum UnloggedChange {
  private static let store = Mutex<UserStore?>(nil)

  /// The store that a command works on.
  static func watch(_ opened: UserStore) -> UserStore {
    store.withLock { $0 = opened }
    return opened
  }

  static func complain() {
    guard let failure = store.withLock({ $0?.auditFailure }) else { return }
    Output.complain(
      "the change was made, but the audit log may not tell of it: \(TerminalText.line(failure))",
      prefixed: true)
  }
}
