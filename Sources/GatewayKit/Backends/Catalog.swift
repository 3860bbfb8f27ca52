/// What a backend offers, as it said itself, item by item in its own bytes and its own order.
package struct Catalog: Equatable, Sendable {
  package var tools: [CatalogItem] = []
  package var prompts: [CatalogItem] = []
  package var resources: [CatalogItem] = []
  package var templates: [CatalogItem] = []
  package var capabilities: JSONValue = .object(JSONObject())
  package var serverInfo: JSONValue?
  package var instructions: String?
  /// How long it may be believed; a floor keeps a hasty backend from being asked all the time.
  package var timeToLive = Catalog.standardTimeToLive

  /// Where a backend says nothing, or more.
  package static let standardTimeToLive = Duration.seconds(300)
  /// Where a backend says less.
  package static let shortestTimeToLive = Duration.seconds(5)
  /// Where a backend says 0: its lists are stale at once, so that polling can only be too late.
  package static let staleTimeToLive = Duration.seconds(60)

  package init() {}

  /// Begins one with what a discover or initialize result says; the lists are still to be read.
  package init(handshake: JSONObject) {
    capabilities = handshake["capabilities"] ?? .object(JSONObject())
    serverInfo =
      handshake["_meta"]?["io.modelcontextprotocol/serverInfo"] ?? handshake["serverInfo"]
    instructions = handshake["instructions"]?.stringValue
  }

  /// Takes a list's `ttlMs` into account (2026-07-28, Caching).
  mutating func limitTimeToLive(toMilliseconds milliseconds: Int) {
    let time =
      milliseconds <= 0
      ? Self.staleTimeToLive : max(Self.shortestTimeToLive, .milliseconds(milliseconds))
    timeToLive = min(timeToLive, time)
  }

  subscript(_ list: CatalogList) -> [CatalogItem] {
    get {
      switch list {
      case .tools: tools
      case .prompts: prompts
      case .resources: resources
      case .templates: templates
      }
    }
    set {
      switch list {
      case .tools: tools = newValue
      case .prompts: prompts = newValue
      case .resources: resources = newValue
      case .templates: templates = newValue
      }
    }
  }
}
