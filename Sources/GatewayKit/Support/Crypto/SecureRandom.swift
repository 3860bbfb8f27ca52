import COpenSSL

/// Random bytes fit for keys.
package enum SecureRandom {
  package static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Without random bytes nothing that follows would be safe.
      precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "no random bytes")
      initialized = count
    }
  }

  package static var word: UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

/// A generator over the same source, for choosing letters without bias.
package struct SecureGenerator: RandomNumberGenerator {
  package init() {}

  package mutating func next() -> UInt64 { SecureRandom.word }
}
