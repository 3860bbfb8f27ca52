/// What a backend offers, as it said itself, item by item in its own bytes.
package struct Catalog: Sendable {
  package var tools: [CatalogItem] = []
  package var prompts: [CatalogItem] = []
  package var resources: [CatalogItem] = []
  package var templates: [CatalogItem] = []
  package var capabilities: JSONValue = .object(JSONObject())
  package var serverInfo: JSONValue?
  package var instructions: String?
  /// How long it may be believed; a floor keeps a hasty backend from being asked all the time.
  package var timeToLive = Catalog.standardTimeToLive

  package static let standardTimeToLive = Duration.seconds(300)
  package static let shortestTimeToLive = Duration.seconds(5)

  package init() {}

  /// Begins one with what a discover or initialize result says; the lists are still to be read.
  package init(handshake: JSONObject) {
    capabilities = handshake["capabilities"] ?? .object(JSONObject())
    serverInfo =
      handshake["serverInfo"] ?? handshake["_meta"]?["io.modelcontextprotocol/serverInfo"]
    instructions = handshake["instructions"]?.stringValue
  }
}

/// One tool, prompt, resource or template.
package struct CatalogItem: Sendable {
  /// The tool's or prompt's name, or the resource's or template's.
  package let name: String
  /// The resource's URI, or the template's URI template.
  package let uri: String?
  /// The item as the backend wrote it.
  package let raw: [UInt8]
  /// Where the name stands in it, quotes with it.
  package let nameRange: Range<Int>
  /// The arguments that a modern call has in headers too; empty for nearly every tool.
  package let headerParameters: ToolHeaderParameters

  /// Reads an item. Nil without a name that is a string, or with a `uri` that is none.
  package init?(_ raw: [UInt8], kind: CatalogList) throws {
    var name: (text: String, range: Range<Int>)?
    var uri: String?
    var parameters = ToolHeaderParameters.none
    try raw.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      try reader.object { key, reader in
        if reader.equals(key, "name"), name == nil, try reader.kind() == .string {
          let text = try reader.string()
          name = (reader.text(text), text.range.lowerBound - 1..<text.range.upperBound + 1)
        } else if let member = kind.uriMember, reader.equals(key, member),
          try reader.kind() == .string
        {
          uri = reader.text(try reader.string())
        } else if kind == .tools, reader.equals(key, "inputSchema") {
          parameters = try ToolHeaderParameters(schema: try reader.value())
        } else {
          try reader.skip()
        }
      }
    }
    guard let name, kind.uriMember == nil || uri != nil else { return nil }
    self.name = name.text
    self.uri = uri
    self.raw = raw
    nameRange = name.range
    headerParameters = parameters
  }
}

/// The lists that make up a catalog.
package enum CatalogList: CaseIterable, Sendable {
  case tools, prompts, resources, templates

  var method: Method {
    switch self {
    case .tools: .toolsList
    case .prompts: .promptsList
    case .resources: .resourcesList
    case .templates: .resourcesTemplatesList
    }
  }

  /// The result's member that holds the items.
  var member: StaticString {
    switch self {
    case .tools: "tools"
    case .prompts: "prompts"
    case .resources: "resources"
    case .templates: "resourceTemplates"
    }
  }

  /// The capability without which the list is not asked for.
  var capability: String {
    switch self {
    case .tools: "tools"
    case .prompts: "prompts"
    case .resources, .templates: "resources"
    }
  }

  var uriMember: StaticString? {
    switch self {
    case .tools, .prompts: nil
    case .resources: "uri"
    case .templates: "uriTemplate"
    }
  }
}
