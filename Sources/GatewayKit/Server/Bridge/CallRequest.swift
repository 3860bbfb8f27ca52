import NIOCore

/// What a call asks its backend, and how to ask it again with more.
struct CallRequest {
  /// The client's message.
  let body: [UInt8]
  let envelope: Envelope
  /// What the backend gets instead.
  let translation: RequestTranslation

  /// The message for the backend.
  ///
  /// - Parameter retry: the members of `params` that a retry has, and its id as JSON.
  func message(_ retry: (members: [[UInt8]], id: [UInt8])? = nil) -> [UInt8] {
    var translation = translation
    if let retry {
      translation.params = retry.members
      translation.id = retry.id
    }
    return body.withUnsafeBytes { translation.apply(to: $0, envelope) }
  }
}
