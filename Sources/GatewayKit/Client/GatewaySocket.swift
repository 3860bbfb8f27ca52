import Glibc

/// Asks the running gateway, over its owner-only socket. One request, one connection, blocking.
package struct GatewaySocket: Sendable {
  /// Where the socket may stand, in the order that the gateway tries.
  private let places: [String]
  private static let patience = timeval(tv_sec: 10, tv_usec: 0)
  /// The gateway beats every 15 seconds.
  private static let silence = timeval(tv_sec: 50, tv_usec: 0)
  private static let longestAnswer = 64 * 1_048_576

  package init(_ configuration: GatewayConfiguration) {
    places = (configuration.adminSocket.map { [$0] } ?? []) + configuration.adminSocketFallbacks
  }

  /// Whether a socket stands at one of the places; the gateway may have left it behind.
  package var isThere: Bool { places.contains { access($0, F_OK) == 0 } }

  /// Sends a GET.
  ///
  /// - Throws: ``GatewaySocketError`` `gateway_not_running` when nobody listens, naming the socket.
  package func get(_ target: String) throws(GatewaySocketError) -> JSONValue {
    try send("GET", target)
  }

  /// Sends a request without a body.
  package func send(_ method: String, _ target: String) throws(GatewaySocketError) -> JSONValue {
    let descriptor = try connection()
    defer { close(descriptor) }
    let request =
      "\(method) \(target) HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nconnection: close\r\n\r\n"
    try send(Array(request.utf8), to: descriptor)
    return try answer(from: try receive(from: descriptor))
  }

  /// Listens to `GET /events`, until the gateway ends or `body` says false.
  ///
  /// - Parameter body: gets each event's data. The first is the state, as `/status` has it.
  /// - Throws: ``GatewaySocketError``, also when nothing comes for three heartbeats.
  package func listen(_ body: (JSONValue) -> Bool) throws(GatewaySocketError) {
    let descriptor = try connection()
    defer { close(descriptor) }
    var patience = Self.silence
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let request = "GET /events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n"
    try send(Array(request.utf8), to: descriptor)
    var head: [UInt8] = []
    var chunked = ChunkedBody()
    var parser = EventStreamParser()
    var isOver = false
    var isBroken = false
    func take(_ bytes: [UInt8]) {
      bytes.withUnsafeBytes { bytes in
        let end = try? chunked.consume(bytes) { part in
          for event in parser.take(part) where !isOver {
            if let value = try? JSONValue.parse(event.data) { isOver = !body(value) }
          }
        }
        isBroken = end == nil || parser.buffered > Self.longestAnswer
        if end?.isComplete ?? false { isOver = true }
      }
    }
    var isInBody = false
    while !isOver {
      let part = try received(from: descriptor)
      guard !part.isEmpty else { throw Self.broken("it ended the connection") }
      if isInBody {
        take(part)
      } else {
        head += part
        let result = head.withUnsafeBytes {
          ResponseHeadParser.parse($0, limits: HeadLimits(), requestWasHead: false)
        }
        guard case .head(let parsed) = result else {
          guard head.count < 65_536 else { throw Self.broken("its answer is not HTTP") }
          continue
        }
        guard parsed.status == 200, parsed.body == .chunked else {
          throw Self.broken("it does not tell its events (status \(parsed.status))")
        }
        isInBody = true
        take(Array(head[parsed.length...]))
      }
      guard !isBroken else { throw Self.broken("its answer is no event stream") }
    }
  }

  // MARK: The connection

  private func connection() throws(GatewaySocketError) -> Int32 {
    guard !places.isEmpty else {
      throw GatewaySocketError(
        "socket_off", "The admin socket is switched off, so the gateway cannot be asked.")
    }
    var reason = ""
    for place in places {
      let descriptor = socket(
        AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { throw Self.broken("\(String(cString: strerror(errno)))") }
      var patience = Self.patience
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(
        descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      if connect(descriptor, to: place) { return descriptor }
      if reason.isEmpty, errno != ENOENT, errno != ECONNREFUSED {
        reason = " (\(place): \(String(cString: strerror(errno))))"
      }
      close(descriptor)
    }
    throw GatewaySocketError(
      "gateway_not_running",
      "No gateway answers at \(places[0])\(reason); start one with gateway serve, or name its store "
        + "with --users-db or --config, or a socket elsewhere (serve --admin-socket) with GATEWAY_SOCKET."
    )
  }

  private func connect(_ descriptor: Int32, to path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: path.utf8.prefix(AdminSocketPath.longest))
    }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  private func send(_ bytes: [UInt8], to descriptor: Int32) throws(GatewaySocketError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.broken(String(cString: strerror(errno))) }
      rest = rest.dropFirst(count)
    }
  }

  private func receive(from descriptor: Int32) throws(GatewaySocketError) -> [UInt8] {
    var received: [UInt8] = []
    while true {
      let part = try self.received(from: descriptor)
      if part.isEmpty { return received }
      received += part
      guard received.count <= Self.longestAnswer else {
        throw Self.broken("its answer is too large")
      }
    }
  }

  /// What came next; nothing at the end.
  private func received(from descriptor: Int32) throws(GatewaySocketError) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count >= 0 { return Array(chunk[..<count]) }
      if errno == EINTR { continue }
      throw Self.broken(
        errno == EAGAIN ? "it did not answer in time" : String(cString: strerror(errno)))
    }
  }

  // MARK: The answer

  private func answer(from received: [UInt8]) throws(GatewaySocketError) -> JSONValue {
    let result = received.withUnsafeBytes {
      ResponseHeadParser.parse($0, limits: HeadLimits(), requestWasHead: false)
    }
    guard case .head(let head) = result else { throw Self.broken("its answer is not HTTP") }
    var body: [UInt8] = Array(received[head.length...])
    if head.body == .chunked {
      var chunked = ChunkedBody()
      var payload: [UInt8] = []
      let isComplete = body.withUnsafeBytes { bytes in
        (try? chunked.consume(bytes) { payload += $0 })?.isComplete ?? false
      }
      guard isComplete else { throw Self.broken("its answer broke off") }
      body = payload
    }
    guard let value = try? JSONValue.parse(body) else {
      throw Self.broken("its answer is not JSON")
    }
    guard (200..<300).contains(head.status) else {
      let word = value["error"]?.stringValue ?? "refused"
      let message =
        value["message"]?.stringValue ?? "The gateway answered with status \(head.status)."
      throw GatewaySocketError(word, message, status: head.status)
    }
    return value
  }

  private static func broken(_ reason: String) -> GatewaySocketError {
    GatewaySocketError("gateway_unreachable", "The gateway's socket failed: \(reason).")
  }
}

/// Why the running gateway did not answer what it was asked: a word for programs, a sentence for people.
package struct GatewaySocketError: Error {
  package let code: String
  package let message: String
  /// Of its answer; nil where there was none.
  package let status: Int?

  init(_ code: String, _ message: String, status: Int? = nil) {
    self.code = code
    self.message = message
    self.status = status
  }
}
