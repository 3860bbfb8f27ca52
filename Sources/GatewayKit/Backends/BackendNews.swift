/// What a backend says unasked.
struct BackendNews: Sendable {
  /// One of its lists is another than before.
  var listChanged: @Sendable (Method) -> Void = { _ in }
  /// A resource that was subscribed to has changed.
  var updated: @Sendable (_ uri: String) -> Void = { _ in }

  /// Takes a notification; whether it was one of these.
  @discardableResult
  func take(_ message: [UInt8], _ envelope: Envelope) -> Bool {
    switch envelope.method {
    case .notificationsToolsListChanged?, .notificationsPromptsListChanged?,
      .notificationsResourcesListChanged?:
      envelope.method.map(listChanged)
    case .notificationsResourcesUpdated:
      guard let uri = envelope.uri else { return true }
      updated(message.withUnsafeBytes { JSONReader($0).text(uri) })
    default:
      return false
    }
    return true
  }

  func take(_ message: [UInt8]) {
    guard let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }),
      envelope.kind == .notification
    else { return }
    take(message, envelope)
  }
}
