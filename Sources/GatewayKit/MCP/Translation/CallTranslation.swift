/// What becomes of a backend's messages on their way to the client of one call.
///
/// Between parties of the same era nearly nothing; between eras, what they say differently.
package struct CallTranslation: Sendable {
  package enum Direction: Sendable {
    case none, toLegacyClient, toModernClient
  }

  /// What a message comes to.
  package enum Incoming: Sendable {
    /// For the client, as it is now.
    case notification([UInt8])
    case response([UInt8])
    /// The backend asks the client something.
    case request(ServerRequest)
    /// The response says that the client has to be asked first.
    case inputRequired(InputRequired)
    /// It is not this client's, but tells that the backend's lists, or one of its resources, changed.
    case news([UInt8])
    /// The backend no longer wants an answer to a question with that id.
    case withdrawn([UInt8])
    case nothing
    case invalid(String)

    /// Whether it is written for the very request that the client sent last.
    package var carriesID: Bool {
      switch self {
      case .notification, .response, .inputRequired: true
      case .request, .news, .withdrawn, .nothing, .invalid: false
      }
    }
  }

  package let direction: Direction
  package let method: Method?
  /// The client's id as it is spelled.
  package let id: [UInt8]
  /// By which the backend knows the request; nil for the client's own id.
  package var ownID: [UInt8]?
  package let progressToken: [UInt8]?
  /// By which the backend knows that; nil for the client's own token.
  package let ownProgressToken: [UInt8]?
  /// The least grave log messages that the client wants; nil keeps all from a modern client, and none
  /// from a legacy one.
  package let logLevel: LogLevel?
  /// The backend's name of itself, for results that lack it.
  package let serverInfo: [UInt8]?

  package init(
    _ direction: Direction, method: Method?, id: [UInt8], ownID: [UInt8]? = nil,
    progressToken: [UInt8]? = nil, ownProgressToken: [UInt8]? = nil, logLevel: LogLevel? = nil,
    serverInfo: [UInt8]? = nil
  ) {
    self.direction = direction
    self.method = method
    self.id = id
    self.ownID = ownID
    self.progressToken = progressToken
    self.ownProgressToken = ownProgressToken
    self.logLevel = logLevel
    self.serverInfo = serverInfo
  }

  /// The same for a client that has come again, with what is its new request's own.
  package func forRetry(id: [UInt8], progressToken: [UInt8]?, logLevel: LogLevel?) -> Self {
    CallTranslation(
      direction, method: method, id: id, ownID: ownID ?? self.id, progressToken: progressToken,
      ownProgressToken: ownProgressToken ?? self.progressToken, logLevel: logLevel,
      serverInfo: serverInfo)
  }

  package func take(_ message: [UInt8]) -> Incoming {
    message.withUnsafeBytes { bytes in
      do throws(EnvelopeError) {
        return take(message, bytes, try EnvelopeScanner.scan(bytes))
      } catch {
        return .invalid(error.rpcError.message)
      }
    }
  }

  private func take(
    _ message: [UInt8], _ bytes: UnsafeRawBufferPointer, _ envelope: Envelope
  ) -> Incoming {
    switch envelope.kind {
    case .request:
      return ServerRequest(message, envelope).map(Incoming.request) ?? .nothing
    case .notification:
      return notification(message, bytes, envelope)
    case .response:
      let expected = ownID ?? id
      guard let range = envelope.id else {
        // It says that the request could not be read; the client must know whose answer it is.
        guard let error = envelope.error else { return .nothing }
        return take(
          Array(#"{"jsonrpc":"2.0","id":"#.utf8) + expected + Array(#","error":"#.utf8)
            + Array(bytes[error]) + [UInt8(ascii: "}")])
      }
      guard bytes[range].elementsEqual(expected) else { return .nothing }
      return response(message, bytes, envelope)
    }
  }

  // MARK: Notifications

  private func notification(
    _ message: [UInt8], _ bytes: UnsafeRawBufferPointer, _ envelope: Envelope
  ) -> Incoming {
    switch envelope.method {
    case .notificationsProgress:
      guard let own = ownProgressToken, let range = envelope.notifiedProgressToken else {
        return .notification(message)
      }
      guard let progressToken, bytes[range].elementsEqual(own) else { return .nothing }
      var edits = JSONEdits()
      edits.replace(range, with: progressToken)
      return .notification(edits.apply(to: bytes))
    case .notificationsMessage:
      guard direction == .toModernClient || logLevel != nil else { return .notification(message) }
      guard let logLevel, let range = envelope.level, bytes[range].count > 2,
        let level = LogLevel(
          rawValue: String(decoding: bytes[range].dropFirst().dropLast(), as: UTF8.self)),
        level >= logLevel
      else { return .nothing }
      return .notification(message)
    case .notificationsCancelled:
      return envelope.requestID.map { .withdrawn(Array(bytes[$0])) } ?? .nothing
    case .some(let method) where method.isNews:
      // On a modern call's stream there is only what belongs to the call.
      return direction == .none ? .notification(message) : .news(message)
    default:
      return direction == .toModernClient ? .nothing : .notification(message)
    }
  }

  // MARK: Responses

  private func response(
    _ message: [UInt8], _ bytes: UnsafeRawBufferPointer, _ envelope: Envelope
  ) -> Incoming {
    switch direction {
    case .none:
      guard ownID != nil, let range = envelope.id else { return .response(message) }
      var edits = JSONEdits()
      edits.replace(range, with: id)
      return .response(edits.apply(to: bytes))
    case .toLegacyClient:
      do {
        if let result = envelope.result,
          let input = try InputRequired(result: result, of: bytes)
        {
          return .inputRequired(input)
        }
      } catch {
        return .invalid("\(error)")
      }
      return .response(
        ResponseTranslation.toLegacy(bytes, envelope, method: method, id: restoredID))
    case .toModernClient:
      if let asked = urlElicitations(bytes, envelope) { return .inputRequired(asked) }
      return .response(
        ResponseTranslation.toModern(
          bytes, envelope, method: method, id: restoredID, serverInfo: serverInfo))
    }
  }

  private var restoredID: [UInt8]? { ownID == nil ? nil : id }

  /// The error by which a server of 2025-11-25 says that URLs have to be visited first, which is a
  /// result since (2025-11-25, Elicitation, URL Elicitation Required Error).
  private func urlElicitations(
    _ bytes: UnsafeRawBufferPointer, _ envelope: Envelope
  ) -> InputRequired? {
    guard let range = envelope.error, let error = try? JSONValue.parse(bytes[range]),
      error["code"]?.intValue == -32042,
      let asked = error["data"]?["elicitations"]?.arrayValue, !asked.isEmpty,
      asked.count <= InputRequired.limit
    else { return nil }
    return InputRequired(
      requests: asked.enumerated().map { index, params in
        var params = params.objectValue
        // Its identifier is the legacy era's own.
        params?["elicitationId"] = nil
        return InputRequired.Request(
          key: "url-\(index + 1)", method: .elicitationCreate, params: params)
      }, requestState: nil)
  }
}
