/// The way that a call's messages take to its backend and back, on the call's loop.
protocol CallTransport: AnyObject {
  /// Sends the call's request, or a retry of it. What comes back goes to the call.
  func send(_ request: [UInt8], of call: BackendCall)
  /// Sends what is not answered: a response, or a notification.
  func tell(_ message: [UInt8])
  func pause()
  func resume()
  /// Ends it at the backend, where it is under way.
  func cancel(_ id: [UInt8], reason: String)
  /// The call is over.
  func finish()
}
