extension Envelope {
  /// What names the operation that a request asks for, and what access lists judge it by: the tool,
  /// the prompt, the resource's URI, what a completion is for; of a method that no revision has, the name
  /// or else the URI. Nil for a method that names nothing, and where the name is missing.
  package var operand: JSONString? {
    switch method {
    case .toolsCall, .promptsGet: name
    case .resourcesRead, .resourcesSubscribe, .resourcesUnsubscribe: uri
    case .completionComplete: refName ?? refURI
    case nil: name ?? uri
    default: nil
    }
  }

  /// What of it `Mcp-Name` says again (2026-07-28, Streamable HTTP, Standard Request Headers).
  package var mirroredOperand: JSONString? {
    switch method {
    case .toolsCall, .promptsGet, .resourcesRead: operand
    default: nil
    }
  }
}
