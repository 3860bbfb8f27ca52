/// What a backend says unasked.
struct BackendNews: Sendable {
  /// One of its lists is another than before.
  var listChanged: @Sendable (Method) -> Void = { _ in }
  /// A resource that was subscribed to has changed.
  var updated: @Sendable (_ uri: String) -> Void = { _ in }

  /// Takes a notification, if it is one of these.
  func take(_ message: [UInt8], _ envelope: Envelope) {
    guard let method = envelope.method, method.isNews else { return }
    if method != .notificationsResourcesUpdated {
      listChanged(method)
    } else if let uri = envelope.uri {
      updated(message.withUnsafeBytes { JSONReader($0).text(uri) })
    }
  }

  func take(_ message: [UInt8]) {
    guard let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }),
      envelope.kind == .notification
    else { return }
    take(message, envelope)
  }
}
