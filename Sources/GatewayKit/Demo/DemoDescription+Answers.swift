/// Answers that follow from the description alone.
extension DemoDescription {
  static let capabilities: JSONValue = [
    "tools": ["listChanged": false], "prompts": ["listChanged": false],
    "resources": ["listChanged": false, "subscribe": false], "completions": [:], "logging": [:],
  ]

  /// - Throws: -32601 for a method that the request's era does not have, -32602 for bad params.
  func answer(_ request: DemoRequest) throws(JSONRPCError) -> JSONValue {
    switch request.method {
    case "server/discover" where request.era == .modern:
      return [
        "supportedVersions": DemoConversation.supportedVersions,
        "capabilities": Self.capabilities, "instructions": .string(instructions),
      ]
    case "tools/list":
      return try page(request, "tools", tools.map(\.listed))
    case "prompts/list":
      return try page(request, "prompts", prompts.map(\.listed))
    case "resources/list":
      return try page(request, "resources", resources.map(\.listed))
    case "resources/templates/list":
      return try page(request, "resourceTemplates", templates.map(\.listed))
    case "resources/read":
      return try read(try request.text("uri"), in: request.era)
    case "prompts/get":
      return try prompt(try request.text("name"), try request.object("arguments"))
    case "completion/complete":
      return try complete(request)
    default:
      throw .methodNotFound(request.method)
    }
  }

  /// All items fit one page, so no cursor was ever given out.
  private func page(
    _ request: DemoRequest, _ key: String, _ items: [JSONValue]
  ) throws(JSONRPCError) -> JSONValue {
    if let cursor = request.params?["cursor"], cursor != .null {
      throw .invalidParams("Invalid cursor: this list has one page")
    }
    return ([:] as JSONValue).adding(key, .array(items))
  }

  private func read(
    _ uri: String, in era: ProtocolVersion.Era
  ) throws(JSONRPCError) -> JSONValue {
    let fixed = resources.first { $0.uri == uri }?.contents
    guard let contents = fixed ?? templates.lazy.compactMap({ $0.contents(at: uri) }).first else {
      throw .unknownResource(uri, era: era)
    }
    return [
      "contents": [
        [
          "uri": .string(uri), "mimeType": "application/json", "text": .string(contents.text),
        ]
      ]
    ]
  }

  private func prompt(
    _ name: String, _ arguments: JSONValue?
  ) throws(JSONRPCError) -> JSONValue {
    guard let prompt = prompts.first(where: { $0.name == name }) else {
      throw .unknownPrompt(name)
    }
    var values: [String: String] = [:]
    for argument in prompt.arguments {
      values[argument.name] = arguments?[argument.name]?.stringValue
      if argument.isRequired && values[argument.name] == nil {
        throw .invalidParams("The prompt \(name) needs the argument \(argument.name), a text")
      }
    }
    return [
      "description": .string(prompt.listedSummary),
      "messages": [
        ["role": "user", "content": ["type": "text", "text": .string(prompt.render(values))]]
      ],
    ]
  }

  private func complete(_ request: DemoRequest) throws(JSONRPCError) -> JSONValue {
    guard let argument = request.params?["argument"]?["name"]?.stringValue,
      let start = request.params?["argument"]?["value"]?.stringValue
    else {
      throw .invalidParams("completion/complete needs params.argument with name and value, texts")
    }
    let known = try candidates(request.params?["ref"], argument)
    let found = known.filter { $0.lowercased().hasPrefix(start.lowercased()) }
    // At most 100 values may be given (2026-07-28, Completion, Completion Results).
    return [
      "completion": [
        "values": .array(found.prefix(100).map(JSONValue.string)),
        "total": .number("\(found.count)"), "hasMore": .bool(found.count > 100),
      ]
    ]
  }

  private func candidates(
    _ reference: JSONValue?, _ argument: String
  ) throws(JSONRPCError) -> [String] {
    switch reference?["type"]?.stringValue {
    case "ref/prompt":
      let name = reference?["name"]?.stringValue ?? ""
      guard let prompt = prompts.first(where: { $0.name == name }) else {
        throw .unknownPrompt(name)
      }
      return prompt.arguments.first { $0.name == argument }?.values ?? []
    case "ref/resource":
      let uri = reference?["uri"]?.stringValue ?? ""
      guard let template = templates.first(where: { $0.uriTemplate == uri }) else {
        throw .invalidParams("Unknown resource template: \(uri)")
      }
      return template.variable == argument ? template.contents.map(\.value) : []
    default:
      throw .invalidParams("params.ref.type must be ref/prompt or ref/resource")
    }
  }

  // MARK: Results

  /// A tool's result for programs, and the same as text for models
  /// (2026-07-28, Tools, Structured Content).
  static func toolResult(_ value: JSONValue) -> JSONValue {
    [
      "content": [["type": "text", "text": .string(value.text)]], "structuredContent": value,
      "isError": false,
    ]
  }

  static func toolFailure(_ text: String) -> JSONValue {
    ["content": [["type": "text", "text": .string(text)]], "isError": true]
  }

  /// How long, in milliseconds, a client may take a list for fresh: the data never change.
  private static let freshness: JSONValue = 3_600_000

  private static let cacheable: Set<String> = [
    "server/discover", "tools/list", "prompts/list", "resources/list",
    "resources/templates/list", "resources/read",
  ]

  /// What 2026-07-28 adds to every result, and to those that may be cached.
  func framed(_ result: JSONValue, for request: DemoRequest) -> JSONValue {
    guard request.era == .modern else { return result }
    var framed = result.adding("resultType", "complete")
    if Self.cacheable.contains(request.method) {
      framed = framed.adding("ttlMs", Self.freshness).adding("cacheScope", "public")
    }
    return framed.adding("_meta", ["io.modelcontextprotocol/serverInfo": implementation])
  }
}
