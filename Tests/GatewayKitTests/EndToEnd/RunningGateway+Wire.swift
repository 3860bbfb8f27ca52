@testable import GatewayKit

/// Requests by hand.
extension RunningGateway {
  static let modernMeta: JSONValue = [
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": [:],
  ]

  func get(_ path: String, key: String? = nil, headers: [(String, String)] = []) throws
    -> Wire.Answer
  {
    try Wire.exchange(port: port, "GET", path, bearer(key) + headers)
  }

  func post(
    _ body: String, to path: String = "/mcp", key: String? = RunningGateway.staticKey,
    headers: [(String, String)] = []
  ) throws -> Wire.Answer {
    let usual = [
      ("Content-Type", "application/json"),
      ("Accept", "application/json, text/event-stream"),
    ]
    return try Wire.exchange(port: port, "POST", path, bearer(key) + usual + headers, body)
  }

  /// A modern request with its mirror headers, unless others are given.
  func modern(
    _ method: String, _ params: JSONValue = [:], id: JSONValue = 1, to path: String = "/mcp",
    key: String? = RunningGateway.staticKey, meta: JSONValue? = RunningGateway.modernMeta,
    headers: [(String, String)]? = nil
  ) throws -> Wire.Answer {
    var params = params.objectValue ?? JSONObject()
    params["_meta"] = meta
    let mirror = headers ?? Self.mirror(method, .object(params))
    return try post(
      Self.message(method, .object(params), id: id), to: path, key: key, headers: mirror)
  }

  static func mirror(_ method: String, _ params: JSONValue) -> [(String, String)] {
    var headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)]
    if let name = (params["name"] ?? params["uri"])?.stringValue {
      headers.append(("Mcp-Name", name))
    }
    return headers
  }

  static func message(_ method: String, _ params: JSONValue = [:], id: JSONValue = 1) -> String {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": id, "method": .string(method), "params": params,
    ]
    return message.text
  }

  /// Begins a legacy session and gives its id.
  func initialize(
    key: String = RunningGateway.staticKey, version: String = "2025-11-25",
    at path: String = "/mcp", capabilities: JSONValue = [:]
  ) throws -> (session: String, answer: Wire.Answer) {
    let params: JSONValue = [
      "protocolVersion": .string(version), "capabilities": capabilities,
      "clientInfo": ["name": "wire", "version": "1"],
    ]
    let answer = try post(Self.message("initialize", params), to: path, key: key)
    guard let session = answer.headers["mcp-session-id"] else {
      throw Wire.Failure(description: "no session: \(answer.head)\(answer.text)")
    }
    let settled = try answer.json["result"]?["protocolVersion"]?.stringValue ?? version
    let ready = try post(
      #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, to: path, key: key,
      headers: Self.legacy(session, settled))
    guard ready.status == 202 else {
      throw Wire.Failure(description: "initialized: \(ready.head)\(ready.text)")
    }
    return (session, answer)
  }

  static func legacy(_ session: String, _ version: String = "2025-11-25") -> [(String, String)] {
    [("Mcp-Session-Id", session), ("MCP-Protocol-Version", version)]
  }

  private func bearer(_ key: String?) -> [(String, String)] {
    key.map { [("Authorization", "Bearer \($0)")] } ?? []
  }
}
