/// One MCP server behind the gateway, as `gateway.json` describes it.
public struct BackendConfiguration: Sendable, Equatable {
  /// How the gateway talks to the server.
  public enum Transport: Sendable, Equatable, SecretHolder {
    /// Streamable HTTP. The headers go out with every request, in this order.
    case http(url: BackendURL, headers: [BackendHeader])
    /// A child process that speaks on its standard input and output; no shell is involved.
    /// `environment` is added to the gateway's own, `directory` is absolute.
    case stdio(
      command: String, arguments: [String], environment: [String: String], directory: String?)
    /// HTTP+SSE, the transport of 2024-11-05.
    case sse(url: BackendURL, headers: [BackendHeader])
  }

  /// The name in paths, access lists and screens: `[A-Za-z0-9._-]{1,40}`, never with `__`.
  public let name: String
  /// What the file calls it, when that could not be the name itself.
  public var title: String?
  /// How the gateway talks to the server.
  public var transport: Transport
  /// What stands before the server's tool and prompt names on the joint endpoint. May be empty.
  public var prefix: String
  /// Configured, and to be left alone.
  public var disabled = false
  /// Why it cannot be started, such as a variable that is not set. One sentence.
  public var unavailable: String?
  /// How long the server may take until the first byte of an answer.
  public var timeout: Duration
  /// When the gateway stops asking a server that fails, and for how long.
  public var breaker: Breaker
  /// Whether each client session has a process or a connection of its own, where clients would share one.
  public var isolatesSessions = false
  /// How many processes or connections of sessions' own there may be at once.
  public var mostIsolated = BackendConfiguration.standardProcesses
  /// Whether its lists are another for each session, and are asked for on the client's own.
  public var listsPerSession = false
  /// What becomes of a client's session when the backend no longer knows its own.
  public var onLostSession = OnLostSession.remake

  /// What ``mostIsolated`` is where nothing is said.
  public static let standardProcesses = 16
  /// The same for connections of the HTTP+SSE transport, where each is a session.
  public static let standardConnections = 1_000

  /// What becomes of a client's session when the backend no longer knows its own.
  public enum OnLostSession: String, Sendable {
    /// The backend session is made again, and the client goes on.
    case remake
    /// The client's session ends too, so that the client begins anew.
    case end
  }

  /// When the gateway stops asking a server that fails, and for how long.
  public struct Breaker: Sendable, Equatable {
    /// Failures in a row that open the breaker. 0: it never opens.
    public var failures = 5
    /// How long it stays open before one request may try again.
    public var pause = Duration.seconds(30)

    /// Five failures, half a minute.
    public init() {}
  }

  /// A backend with the defaults of everything but its name and transport.
  public init(name: String, transport: Transport) {
    self.name = name
    self.transport = transport
    prefix = "\(name)__"
    timeout = Limits().firstByteTimeout
    breaker = Breaker()
  }

  /// Makes an HTTP backend one of the HTTP+SSE transport, where each connection is a session.
  mutating func useEventStream() {
    guard case .http(let url, let headers) = transport else { return }
    transport = .sse(url: url, headers: headers)
    isolatesSessions = true
    if mostIsolated == Self.standardProcesses { mostIsolated = Self.standardConnections }
  }
}
