@testable import GatewayKit

extension JSONValue {
  /// This object with another value for one of its members.
  func with(_ key: String, _ value: JSONValue) -> JSONValue {
    var object = objectValue ?? JSONObject()
    object[key] = value
    return .object(object)
  }
}
