extension GatewayStatus {
  /// The same members, in the same shape, as the type's `Codable` has them.
  package var json: JSONValue {
    var json = JSONObject([
      ("name", .string(name)), ("version", .string(version)), ("demo", .bool(demo)),
      ("startedAt", .string(startedAt)), ("uptimeSeconds", .integer(uptimeSeconds)),
      ("listen", .string(listen)), ("protocolVersions", .strings(protocolVersions)),
      ("store", store.json),
    ])
    json["audit"] = audit?.json
    json["backends"] = .array(backends.map(\.json))
    json["connections"] = .integer(connections)
    json["streams"] = .integer(streams)
    json["sessions"] = .integer(sessions)
    json["limits"] = .array(limits.map(\.json))
    json["warnings"] = .strings(warnings)
    return .object(json)
  }
}

extension GatewayStatus.Audit {
  fileprivate var json: JSONValue {
    var json = JSONObject([("path", .string(path))])
    json["sequence"] = sequence.map(JSONValue.integer)
    json["mac"] = mac.map(JSONValue.string)
    json["error"] = error.map(JSONValue.string)
    return .object(json)
  }
}

extension GatewayStatus.Store {
  fileprivate var json: JSONValue {
    var json = JSONObject([
      ("path", .string(path)), ("generation", .integer(generation)), ("state", .string(state)),
    ])
    json["since"] = since.map(JSONValue.string)
    json["error"] = error.map(JSONValue.string)
    return .object(json)
  }
}

extension GatewayStatus.Backend {
  fileprivate var json: JSONValue {
    var json = JSONObject([("name", .string(name))])
    json["title"] = title.map(JSONValue.string)
    json["transport"] = .string(transport)
    json["state"] = .string(state)
    json["since"] = .string(since)
    json["lastError"] = lastError.map(JSONValue.string)
    json["nextTry"] = nextTry.map(JSONValue.string)
    json["eras"] = .strings(eras)
    json["versions"] = .strings(versions)
    json["tools"] = tools.map(JSONValue.integer)
    json["prompts"] = prompts.map(JSONValue.integer)
    json["resources"] = resources.map(JSONValue.integer)
    json["templates"] = templates.map(JSONValue.integer)
    json["inFlight"] = .integer(inFlight)
    json["latencyMilliseconds"] = latencyMilliseconds.map(JSONValue.integer)
    json["childPID"] = childPID.map(JSONValue.integer)
    json["restarts"] = restarts.map(JSONValue.integer)
    return .object(json)
  }
}

extension GatewayStatus.Limit {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "value": .integer(value), "unit": .string(unit),
      "text": .string(text),
    ]
  }
}

extension JSONValue {
  fileprivate static func integer(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }

  fileprivate static func strings(_ values: [String]) -> JSONValue {
    .array(values.map(JSONValue.string))
  }
}
