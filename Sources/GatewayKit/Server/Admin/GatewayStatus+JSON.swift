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
    json["parkedCalls"] = .integer(parkedCalls)
    json["sessionList"] = .array(sessionList.map(\.json))
    json["streamList"] = .array(streamList.map(\.json))
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
  var json: JSONValue {
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

extension GatewayStatus.Session {
  var json: JSONValue {
    var json = JSONObject([("id", .string(id)), ("user", .string(user))])
    json["client"] = client.map(JSONValue.string)
    json["version"] = .string(version)
    json["backend"] = backend.map(JSONValue.string)
    json["ageSeconds"] = .integer(ageSeconds)
    json["idleSeconds"] = .integer(idleSeconds)
    json["backends"] = .strings(backends)
    return .object(json)
  }
}

extension GatewayStatus.Stream {
  var json: JSONValue {
    var json = JSONObject([("user", .string(user))])
    json["client"] = client.map(JSONValue.string)
    json["address"] = .string(address)
    json["session"] = session.map(JSONValue.string)
    json["backend"] = backend.map(JSONValue.string)
    json["tool"] = tool.map(JSONValue.string)
    json["ageSeconds"] = .integer(ageSeconds)
    return .object(json)
  }
}

extension GatewayStatus.Limit {
  fileprivate var json: JSONValue {
    var json = JSONObject([
      ("name", .string(name)), ("value", .integer(value)), ("unit", .string(unit)),
      ("text", .string(text)),
    ])
    json["used"] = used.map(JSONValue.integer)
    return .object(json)
  }
}

extension JSONValue {
  fileprivate static func integer(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }

  fileprivate static func strings(_ values: [String]) -> JSONValue {
    .array(values.map(JSONValue.string))
  }
}
