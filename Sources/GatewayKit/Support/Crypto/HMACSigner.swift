import COpenSSL

/// HMAC-SHA256 with one key (RFC 2104). Not for use from two threads at once.
final class HMACSigner {
  private var hmac = gateway_hmac()

  /// - Parameter key: 32 bytes.
  init(key: [UInt8]) {
    precondition(
      key.count == 32 && gateway_hmac_make(&hmac, key) == 1, "libcrypto has no SHA-256")
  }

  deinit { gateway_hmac_free(&hmac) }

  /// Of two texts, one behind the other.
  func sign(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> SHA256Digest {
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &out) { out in
      let target = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
      precondition(
        gateway_hmac_sign(
          &hmac, first.baseAddress, first.count, second.baseAddress, second.count, target) == 1,
        "libcrypto failed to sign")
      return SHA256Digest(bytes: UnsafeRawBufferPointer(out))
    }
  }
}
