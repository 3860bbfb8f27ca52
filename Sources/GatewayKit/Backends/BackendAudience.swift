/// What is to be heard of backends, and who hears it.
package struct BackendAudience: Sendable {
  /// What is subscribed to at a backend, or at the process there that a session has for itself.
  package var wanted: @Sendable (BackendID, _ process: SessionNumber?) -> Set<Watched>
  /// What has changed, the message that says so, and whose process told it, where sessions have their own.
  package var updated:
    @Sendable (BackendID, Watched, _ message: [UInt8], _ process: SessionNumber?) -> Void
  /// A list of a session's own has changed.
  package var listChanged: @Sendable (SessionNumber, Method) -> Void

  package init(
    wanted: @escaping @Sendable (BackendID, SessionNumber?) -> Set<Watched> = { _, _ in [] },
    updated: @escaping @Sendable (BackendID, Watched, [UInt8], SessionNumber?) -> Void = {
      _, _, _, _ in
    },
    listChanged: @escaping @Sendable (SessionNumber, Method) -> Void = { _, _ in }
  ) {
    (self.wanted, self.updated, self.listChanged) = (wanted, updated, listChanged)
  }
}
