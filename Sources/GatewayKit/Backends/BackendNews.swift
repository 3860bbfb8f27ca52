/// What a backend says unasked.
struct BackendNews: Sendable {
  /// One of its lists is another than before.
  var listChanged: @Sendable (Method) -> Void = { _ in }
  /// What was subscribed to has changed; the message that says so.
  var updated: @Sendable (Watched, _ message: [UInt8]) -> Void = { _, _ in }

  /// Takes a notification, if it is one of these.
  func take(_ message: [UInt8], _ envelope: Envelope) {
    guard let method = envelope.method, method.isNews else { return }
    func text(_ string: JSONString) -> String {
      message.withUnsafeBytes { JSONReader($0).text(string) }
    }
    switch method {
    case .notificationsResourcesUpdated:
      if let uri = envelope.uri { updated(.resource(text(uri)), message) }
    case .notificationsTasks, .notificationsTasksStatus:
      if let id = envelope.taskID { updated(.task(text(id)), message) }
    default: listChanged(method)
    }
  }

  func take(_ message: [UInt8]) {
    guard let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }),
      envelope.kind == .notification
    else { return }
    take(message, envelope)
  }
}
