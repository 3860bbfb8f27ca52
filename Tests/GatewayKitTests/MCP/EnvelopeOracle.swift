import Foundation
import GatewayKit

/// Compares what the envelope scanner found with what two other readers find in the same body: the
/// tree of `JSONValue`, and Foundation.
enum EnvelopeOracle {
  /// What differs, in a sentence; nil when nothing does.
  static func disagreement(_ bytes: [UInt8]) -> String? {
    let scanned = bytes.withUnsafeBytes { raw in
      Result { () throws(EnvelopeError) in try EnvelopeScanner.scan(raw) }
    }
    let syntaxError = JSONOracle.syntaxError(bytes)
    switch scanned {
    case .failure(.syntax(let error)):
      return syntaxError == nil ? "the scanner refuses JSON that is well-formed: \(error)" : nil
    case .failure:
      return difference(inRefused: bytes)
    case .success(let envelope):
      if let syntaxError { return "the scanner takes what is not JSON: \(syntaxError)" }
      guard let tree = try? JSONValue.parse(bytes), case .object(let message) = tree else {
        return "the scanner takes what is no object"
      }
      return difference(envelope, message, bytes)
        ?? (JSONOracle.isBeyondComparison(bytes) ? nil : difference(envelope, bytes))
    }
  }

  // MARK: Against the tree

  private static func difference(
    _ envelope: Envelope, _ message: JSONObject, _ bytes: [UInt8]
  ) -> String? {
    let tracked = ["jsonrpc", "id", "method", "params", "result", "error"]
    if let repeated = repeated(tracked, message) { return "\(repeated) is not there once" }
    guard message["jsonrpc"] == "2.0" else { return "jsonrpc is not 2.0" }
    let params = message["params"]?.objectValue ?? JSONObject()
    let found: [(String, JSONValue?, JSONValue?)] = [
      ("method", message["method"], text(envelope.methodName, bytes)),
      ("id", message["id"] == .null ? nil : message["id"], value(envelope.id, bytes)),
      ("params", message["params"], value(envelope.params, bytes)),
      ("name", params["name"], text(envelope.name, bytes)),
      ("uri", params["uri"], text(envelope.uri, bytes)),
      ("ref.name", params["ref"]?["name"], text(envelope.refName, bytes)),
      ("ref.uri", params["ref"]?["uri"], text(envelope.refURI, bytes)),
      ("arguments", params["arguments"], value(envelope.arguments, bytes)),
      ("requestId", params["requestId"], value(envelope.requestID, bytes)),
      ("_meta", params["_meta"], value(envelope.meta, bytes)),
      ("token", params["_meta"]?["progressToken"], value(envelope.progressToken, bytes)),
      (
        "version", params["_meta"]?[prefix + "protocolVersion"],
        text(envelope.protocolVersion, bytes)
      ),
      (
        "capabilities", params["_meta"]?[prefix + "clientCapabilities"],
        value(envelope.clientCapabilities, bytes)
      ),
      ("client", params["_meta"]?[prefix + "clientInfo"], value(envelope.clientInfo, bytes)),
      ("level", params["_meta"]?[prefix + "logLevel"], text(envelope.logLevel, bytes)),
    ]
    for (name, expected, actual) in found where expected != actual {
      return "\(name) is \(expected.map(\.text) ?? "absent"), not \(actual.map(\.text) ?? "absent")"
    }
    return nil
  }

  /// An id that a refusal carries is the only one that the message has, whoever reads it.
  private static func difference(inRefused bytes: [UInt8]) -> String? {
    let range = bytes.withUnsafeBytes { EnvelopeScanner.id(ofRefused: $0) }
    guard let range else { return nil }
    guard case .object(let message)? = try? JSONValue.parse(bytes) else {
      return "what is no object has an id"
    }
    let ids = message.members.filter { $0.key.lowercased() == "id" }
    guard ids.count == 1, ids[0].key == "id", ids[0].value == value(range, bytes) else {
      let found = String(decoding: bytes[range], as: UTF8.self)
      return "\(found) is not the only id of what is refused: \(ids)"
    }
    return nil
  }

  private static let prefix = "io.modelcontextprotocol/"

  private static func repeated(_ names: [String], _ object: JSONObject) -> String? {
    names.first { name in
      object.members.filter { $0.key.lowercased() == name }.count > 1
        || object.members.contains { $0.key.lowercased() == name && $0.key != name }
    }
  }

  private static func text(_ string: JSONString?, _ bytes: [UInt8]) -> JSONValue? {
    string.map { string in .string(bytes.withUnsafeBytes { JSONReader($0).text(string) }) }
  }

  private static func value(_ range: Range<Int>?, _ bytes: [UInt8]) -> JSONValue? {
    range.flatMap { try? JSONValue.parse(bytes[$0]) }
  }

  // MARK: Against Foundation

  private static func difference(_ envelope: Envelope, _ bytes: [UInt8]) -> String? {
    guard case .success(let object) = JSONOracle.foundation(bytes),
      let message = object as? [String: Any]
    else { return nil }
    let params = message["params"] as? [String: Any] ?? [:]
    let pairs: [(String, String?, JSONString?)] = [
      ("method", message["method"] as? String, envelope.methodName),
      ("name", params["name"] as? String, envelope.name),
      ("uri", params["uri"] as? String, envelope.uri),
    ]
    for (name, expected, actual) in pairs {
      let actual = text(actual, bytes)?.stringValue
      if expected?.unicodeScalars.map(\.value) != actual?.unicodeScalars.map(\.value) {
        return "\(name) is \(expected ?? "absent") to Foundation, not \(actual ?? "absent")"
      }
    }
    return nil
  }
}
