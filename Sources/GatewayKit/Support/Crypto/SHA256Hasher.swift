import COpenSSL

/// Hashes again and again with one context of libcrypto. Not for use from two threads at once.
package final class SHA256Hasher {
  private var hasher = gateway_sha256()

  package init() {
    precondition(gateway_sha256_make(&hasher) == 1, "libcrypto has no SHA-256")
  }

  deinit { gateway_sha256_free(&hasher) }

  package func hash(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var out: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &out) { out in
      let target = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
      precondition(
        gateway_sha256_hash(&hasher, bytes.baseAddress, bytes.count, target) == 1,
        "libcrypto failed to hash")
      return SHA256Digest(bytes: UnsafeRawBufferPointer(out))
    }
  }
}
