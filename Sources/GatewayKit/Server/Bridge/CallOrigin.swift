/// Whose call it is, and what it is about: what is looked at again when something changes.
struct CallOrigin {
  var caller: Caller
  /// Of the user's key that it was admitted by; nil for any other credential.
  let credential: SHA256Digest?
  /// The client's session; nil for a modern client.
  let session: SessionEntry?
  let era: ProtocolVersion.Era
  /// What the client said that it can be asked.
  let capabilities: ClientCapabilities
  let backend: BackendID
  /// What the backend calls the operation; for a read the URI.
  let operand: [UInt8]

  func isAllowed(by rules: AccessRules) -> Bool {
    rules.reaches(backend)
      && operand.withUnsafeBytes { rules.decide(.named(backend, name: $0)).isAllowed }
  }

  /// What ends it; nil where it may go on.
  ///
  /// - Parameter now: microseconds since 1970.
  mutating func endingCause(_ loop: LoopState, _ now: Int64) -> EndingCause? {
    guard loop.routes.route(backend) != nil else { return .backendRemoved }
    guard let credential else { return nil }
    let verdict = loop.snapshot.authenticate(credential, now: now)
    guard case .valid(let present) = verdict else { return EndingCause(verdict) }
    guard present !== caller else { return nil }
    caller = present
    return isAllowed(by: present.rules) ? nil : .accessNarrowed
  }
}
