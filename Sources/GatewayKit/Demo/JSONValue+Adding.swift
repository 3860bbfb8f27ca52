extension JSONValue {
  /// This object with one more member at its end.
  func adding(_ key: String, _ value: JSONValue) -> JSONValue {
    guard case .object(var object) = self else { return self }
    object.members.append((key, value))
    return .object(object)
  }
}
