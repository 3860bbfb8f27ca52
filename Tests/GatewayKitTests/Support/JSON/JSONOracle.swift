import Foundation
import GatewayKit

/// Compares the JSON reader with Foundation's `JSONSerialization` on the same bytes, and its three
/// ways through a text with one another.
enum JSONOracle {
  /// What differs, in a sentence; nil when nothing does.
  static func disagreement(_ bytes: [UInt8]) -> String? {
    let skipped = syntaxError(bytes)
    let parsed = Result { () throws(JSONSyntaxError) in try JSONValue.parse(bytes) }
    switch (skipped, parsed) {
    case (nil, .failure(let error)): return "skipping takes it, the tree does not: \(error)"
    case (let error?, .success): return "the tree takes it, skipping does not: \(error)"
    case (nil, .success(let value)):
      if let difference = roundTripDifference(value) { return difference }
    default: break
    }
    guard !isBeyondComparison(bytes) else { return nil }
    switch (skipped, foundation(bytes)) {
    case (nil, .failure(let error)) where !isStricter(error, bytes):
      return "taken here, refused by Foundation: \(error)"
    case (let error?, .success)
    where !error.reason.contains("nest deeper") && !isTrailingComma(error, bytes):
      return "taken by Foundation, refused here: \(error)"
    default: return nil
    }
  }

  static func syntaxError(_ bytes: [UInt8]) -> JSONSyntaxError? {
    bytes.withUnsafeBytes { raw in
      var reader = JSONReader(raw)
      do throws(JSONSyntaxError) {
        let range = try reader.skip()
        try reader.end()
        return range.upperBound <= raw.count
          ? nil : JSONSyntaxError(offset: 0, reason: "it reads past the end")
      } catch {
        return error
      }
    }
  }

  static func foundation(_ bytes: [UInt8]) -> Result<Any, any Error> {
    Result { try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]) }
  }

  private static func roundTripDifference(_ value: JSONValue) -> String? {
    guard let again = try? JSONValue.parse(value.bytes) else {
      return "what is written is not read: \(value.text)"
    }
    return again == value ? nil : "written and read again it is \(again.text), not \(value.text)"
  }

  /// Foundation guesses other encodings from byte order marks and NULs, and takes UTF-8's mark.
  static func isBeyondComparison(_ bytes: [UInt8]) -> Bool {
    bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFE, 0xFF])
      || bytes.starts(with: [0xFF, 0xFE])
  }

  /// Foundation takes `[1,]` for `[1]`.
  private static func isTrailingComma(_ error: JSONSyntaxError, _ bytes: [UInt8]) -> Bool {
    guard error.offset < bytes.count, "]}".utf8.contains(bytes[error.offset]) else { return false }
    return bytes[..<error.offset].last { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ",")
  }

  /// RFC 8259 leaves open which numbers are understood and what a lone surrogate means: here a
  /// number is kept by its spelling, and a lone surrogate is U+FFFD where text is asked for.
  private static func isStricter(_ error: any Error, _ bytes: [UInt8]) -> Bool {
    let text = "\(error)"
    return text.contains("umber")
      || String(decoding: bytes, as: UTF8.self).lowercased().contains(#"\ud"#)
  }
}
