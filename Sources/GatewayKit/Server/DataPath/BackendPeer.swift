import DequeModule
import NIOCore
import NIOPosix
import NIOSSL

/// One loop's way to one HTTP backend: its idle connections, and how new ones are made.
final class BackendPeer {
  /// The most idle connections that a loop keeps to a backend.
  static let idleLimit = 256
  /// How long one is kept unused, looked at each second: less than the 5 s after which common servers
  /// (uvicorn, Node.js) close it themselves, perhaps with a call already on its way.
  static let idleTime = TimeAmount.seconds(3)
  /// A connection that lay this long may have been closed by the backend a moment ago: it is
  /// used only after the loop has looked at all that the kernel had to say.
  static let doubtfulAfter = TimeAmount.milliseconds(500)
  static let connectTime = TimeAmount.seconds(10)

  let configuration: BackendConfiguration
  let id: BackendID
  let firstByteTime: TimeAmount
  let streamHabit: StreamHabit
  /// The request line and the header lines that are the same for every request.
  let requestStart: [UInt8]
  /// The same of a GET, which asks for an event stream.
  let getStart: [UInt8]
  private let loop: LoopState
  private let url: BackendURL
  private var idle: Deque<UpstreamConnection> = []
  /// Each knows its place here, so that taking one out moves only the last.
  private var busy: [UpstreamConnection] = []
  /// Requests that wait for a connection.
  private var waiting = 0
  /// Its loop is ending, or its backend is configured otherwise: connections end when idle.
  private var isRetired = false
  /// Failures since the last success, so that a success is reported only when it is news.
  private var failures = 0

  /// Nil for a backend that is not reached over HTTP.
  init?(_ configuration: BackendConfiguration, loop: LoopState) {
    guard case .http(let url, let headers) = configuration.transport else { return nil }
    self.configuration = configuration
    self.loop = loop
    id = BackendID(configuration.name)
    self.url = url
    firstByteTime = TimeAmount(configuration.timeout)
    streamHabit = loop.server.backends.backend(id)?.streamHabit ?? StreamHabit()
    let place = "\(url.path) HTTP/1.1\r\nhost: \(url.authority)\r\n"
    var common = "user-agent: mcp-gateway/\(GatewayVersion.text)\r\n"
    for header in headers { common += "\(header.name): \(header.value)\r\n" }
    requestStart = Array(
      ("POST \(place)content-type: application/json\r\n"
        + "accept: application/json, text/event-stream\r\n" + common).utf8)
    getStart = Array("GET \(place)accept: text/event-stream\r\n\(common)".utf8)
  }

  /// A whole request with a message in it.
  func post(_ message: [UInt8], _ headerLines: [UInt8]) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(requestStart.count + headerLines.count + message.count + 64)
    bytes.writeBytes(requestStart)
    bytes.writeBytes(headerLines)
    bytes.writeString("content-length: \(message.count)\r\n\r\n")
    bytes.writeBytes(message)
    return bytes
  }

  /// A whole request for an event stream.
  ///
  /// - Parameter last: the id of the event behind which it is taken up; nil for its beginning.
  func get(_ headerLines: [UInt8], after last: [UInt8]?) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeBytes(getStart)
    bytes.writeBytes(headerLines)
    if let last {
      bytes.writeString("last-event-id: ")
      bytes.writeBytes(last)
      bytes.writeString("\r\n")
    }
    bytes.writeString("\r\n")
    return bytes
  }

  // MARK: Connections

  /// Sends what is not answered: a response, or a notification.
  func tell(
    _ message: [UInt8], _ headerLines: [UInt8], of principal: Principal?,
    era: ProtocolVersion.Era
  ) {
    send(
      UpstreamRequest(
        bytes: post(message, headerLines), client: UnreadAnswer(), isRepeatable: false,
        principal: principal, era: era, session: nil, id: nil))
  }

  /// Sends `request` on an idle connection or on a new one.
  func send(_ request: consuming UpstreamRequest) {
    while let connection = idle.popLast() {
      guard connection.isUsable else { continue }
      if loop.now - connection.idleSince < Self.doubtfulAfter {
        start(request, on: connection)
        return
      }
      let doubtful = request
      waiting += 1
      loop.eventLoop.assumeIsolated().execute { [self] in
        waiting -= 1
        if connection.isUsable { start(doubtful, on: connection) } else { send(doubtful) }
      }
      return
    }
    connect(for: request)
  }

  private func start(_ request: consuming UpstreamRequest, on connection: UpstreamConnection) {
    connection.place = busy.count
    busy.append(connection)
    connection.start(request)
  }

  /// Whether it was among the busy ones.
  private func leaveBusy(_ connection: UpstreamConnection) -> Bool {
    guard let place = connection.place else { return false }
    connection.place = nil
    let last = busy.removeLast()
    if last !== connection {
      busy[place] = last
      last.place = place
    }
    return true
  }

  private func connect(for request: UpstreamRequest) {
    let bootstrap = ClientBootstrap(group: loop.eventLoop)
      .connectTimeout(Self.connectTime)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
    let connecting = bootstrap.connect(host: url.host, port: url.port)
    waiting += 1
    connecting.assumeIsolated().whenComplete { [self] result in
      waiting -= 1
      switch result {
      case .failure(let error):
        notConnected(error, request)
      case .success(let channel):
        do {
          let connection = UpstreamConnection(channel: channel, peer: self, loop: loop)
          if url.isTLS {
            let context = try loop.server.tlsContext()
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: sniName))
          }
          try channel.pipeline.syncOperations.addHandler(connection)
          start(request, on: connection)
        } catch {
          channel.close(promise: nil)
          notConnected(error, request)
        }
      }
    }
  }

  private func notConnected(_ error: any Error, _ request: UpstreamRequest) {
    recordFailure(error)
    if request.isAwaited { request.client?.upstreamFailed(.unreachable) }
  }

  /// The server name for TLS; an IP address is not one (RFC 6066 §3), and its certificate is
  /// checked against the address itself.
  private var sniName: String? {
    (try? SocketAddress(ipAddress: url.host, port: 0)) == nil ? url.host : nil
  }

  /// Takes a connection back whose answer is complete.
  func park(_ connection: UpstreamConnection) {
    _ = leaveBusy(connection)
    guard idle.count < Self.idleLimit, !isRetired else {
      connection.close()
      return
    }
    connection.idleSince = loop.now
    idle.append(connection)
  }

  /// Forgets a connection that has ended.
  func remove(_ connection: UpstreamConnection) {
    if !leaveBusy(connection) { idle.removeAll { $0 === connection } }
  }

  var inFlight: Int { busy.count + waiting }

  /// A connection failed in a way that `channelInactive` does not tell.
  func recordFailure(_ error: any Error) {
    recordFailure(.unreachable(HTTPFault.describe(error, url)))
  }

  // MARK: Health

  func recordSuccess() {
    guard failures > 0 || loop.routes.route(id)?.view.state != .up else { return }
    failures = 0
    loop.server.backends.backend(id)?.recordSuccess()
  }

  func recordFailure(_ failure: BackendFailure) {
    failures += 1
    loop.server.backends.backend(id)?.recordFailure(failure)
  }

  // MARK: Time and end

  func sweep(_ now: NIODeadline) {
    while let oldest = idle.first, now - oldest.idleSince > Self.idleTime {
      idle.removeFirst()
      oldest.close()
    }
    for connection in busy { connection.checkDeadline(now) }
  }

  /// Ends the idle connections now and the busy ones after their answers.
  func retire() {
    isRetired = true
    let connections = idle
    idle = []
    for connection in connections { connection.close() }
  }

  func closeAll() {
    retire()
    for connection in busy { connection.close() }
  }

  /// Those requests in flight that belong to a session, for `notifications/cancelled`.
  func isInFlight(session: SessionNumber, id requestID: [UInt8]) -> Bool {
    busy.contains { $0.request?.isFor(session: session, id: requestID) == true }
  }
}
