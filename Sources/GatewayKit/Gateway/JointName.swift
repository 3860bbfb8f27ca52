/// The name under which the joint endpoint lists a backend's tool or prompt.
///
/// A backend's prefix and the name; past 64 characters (the limit that common clients and model
/// APIs put on tool names) the end gives way to an underscore and eight hex digits of the full
/// name's SHA-256, so that the name stays the same from one start to the next.
package enum JointName {
  package static let limit = 64
  private static let suffixDigits = 8

  package static func of(_ name: String, prefix: String) -> String {
    let joint = prefix + name
    guard joint.unicodeScalars.count > limit else { return joint }
    let suffix = "_" + SHA256Digest(hashing: joint).hex.prefix(suffixDigits)
    var kept = String.UnicodeScalarView()
    kept.append(contentsOf: joint.unicodeScalars.prefix(limit - suffix.unicodeScalars.count))
    return String(kept) + suffix
  }
}
