/// What a client says that it can be asked (`capabilities` of `initialize`, `clientCapabilities` of a
/// modern request).
package struct ClientCapabilities: Sendable {
  package let value: JSONValue

  package init(_ value: JSONValue) { self.value = value }

  /// Whether there is anything at all that it can be asked.
  package var offersInput: Bool {
    ["elicitation", "sampling", "roots"].contains { value[$0]?.objectValue != nil }
  }

  /// Those of a legacy client that a modern backend may know of: what extensions do in results has no
  /// form at its version, and tasks were another thing then.
  package var forModernBackends: JSONValue {
    guard var object = value.objectValue else { return .object(JSONObject()) }
    object["extensions"] = nil
    object["tasks"] = nil
    return .object(object)
  }

  /// What it lacks for a request, as it would have to declare it; nil when it lacks nothing.
  package func lacks(_ method: Method, _ params: JSONObject?) -> JSONObject? {
    switch method {
    case .elicitationCreate:
      let isURL = params?["mode"]?.stringValue == "url"
      guard let elicitation = value["elicitation"]?.objectValue else {
        return JSONObject([
          ("elicitation", isURL ? ["url": .object(JSONObject())] : .object(JSONObject()))
        ])
      }
      // An empty object means forms (2025-11-25, Elicitation, Capabilities).
      if isURL, elicitation["url"] == nil {
        return JSONObject([("elicitation", ["url": .object(JSONObject())])])
      }
      if !isURL, elicitation["form"] == nil, elicitation["url"] != nil {
        return JSONObject([("elicitation", ["form": .object(JSONObject())])])
      }
      return nil
    case .samplingCreateMessage: return lacks("sampling")
    case .rootsList: return lacks("roots")
    default: return JSONObject()
    }
  }

  private func lacks(_ name: String) -> JSONObject? {
    value[name]?.objectValue == nil ? JSONObject([(name, .object(JSONObject()))]) : nil
  }
}
