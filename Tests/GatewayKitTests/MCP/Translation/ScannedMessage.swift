@testable import GatewayKit

/// A message of a test's, and the scan of it.
struct ScannedMessage {
  let bytes: [UInt8]
  let envelope: Envelope

  init(_ text: String) throws {
    bytes = Array(text.utf8)
    envelope = try bytes.withUnsafeBytes { try EnvelopeScanner.scan($0) }
  }

  /// Where the value of `params.name` lies, between its quotes.
  var nameRange: Range<Int>? { envelope.name?.range }

  func request(_ translation: RequestTranslation) -> String {
    String(
      decoding: bytes.withUnsafeBytes { translation.apply(to: $0, envelope) }, as: UTF8.self)
  }

  func legacyResponse(_ method: Method? = .toolsCall, id: String? = nil) -> String {
    let response = bytes.withUnsafeBytes {
      ResponseTranslation.toLegacy($0, envelope, method: method, id: id.map { Array($0.utf8) })
    }
    return String(decoding: response, as: UTF8.self)
  }

  func modernResponse(
    _ method: Method? = .toolsCall, id: String? = nil, serverInfo: String? = nil
  ) -> String {
    let response = bytes.withUnsafeBytes {
      ResponseTranslation.toModern(
        $0, envelope, method: method, id: id.map { Array($0.utf8) },
        serverInfo: serverInfo.map { Array($0.utf8) })
    }
    return String(decoding: response, as: UTF8.self)
  }
}
