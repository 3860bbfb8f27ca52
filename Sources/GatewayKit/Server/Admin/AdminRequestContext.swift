import Hummingbird
import Logging
import NIOCore

/// Who is at the other end of an admin request.
package enum AdminPeer: Sendable, Equatable {
  /// A client over TCP: only its credential says who it is.
  case tcp(address: String)
  /// A process of this user at the owner-only socket, which is let in for that.
  case socket(uid: UInt32)
}

/// What the gateway's listener makes an admin request's context from.
package struct AdminRequestContextSource: RequestContextSource {
  package let channel: any Channel
  package let logger: Logger
  package let peer: AdminPeer

  package init(channel: any Channel, logger: Logger, peer: AdminPeer) {
    self.channel = channel
    self.logger = logger
    self.peer = peer
  }
}

/// The context of an admin request.
package struct AdminRequestContext: InitializableFromSource, RequestContext {
  package typealias Source = AdminRequestContextSource

  package var coreContext: CoreRequestContextStorage
  package let peer: AdminPeer
  /// Who asks; set by the gate, and nobody's before it.
  package var principal = AdminPrincipal.anyone
  /// The query string's parameters; set by the gate.
  var query = AdminQuery()

  package init(source: AdminRequestContextSource) {
    coreContext = .init(source: source)
    peer = source.peer
  }

  /// What the audit log has for who asks.
  var auditActor: AuditActor? {
    switch (principal, peer) {
    case (.anyone, _): nil
    case (.adminKey, .tcp(let address)): .adminKey(from: address, request: id)
    case (.adminKey, .socket(let uid)), (.socket(let uid), _): .socket(uid: uid, request: id)
    }
  }

  /// The largest body of an admin route, in bytes.
  package var maxUploadSize: Int { 1 << 20 }
}
