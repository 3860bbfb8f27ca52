import COpenSSL

/// Seals small texts so that only this gateway can make or read them: AES-256-GCM with a key of
/// its own for each purpose (HKDF-SHA256, RFC 5869).
package struct Sealer: Sendable {
  private let keys: [[UInt8]]
  /// For nonces that follow from what is sealed.
  private let nonceKey: [UInt8]

  /// - Parameters:
  ///   - secrets: the first one seals, all of them open: that is how a secret is rotated.
  ///   - purpose: what is sealed; another purpose cannot open it.
  package init(secrets: [[UInt8]], purpose: String) {
    precondition(!secrets.isEmpty)
    keys = secrets.map { DerivedKey.bytes(from: $0, purpose: purpose) }
    nonceKey = DerivedKey.bytes(from: secrets[0], purpose: "\(purpose) nonce")
  }

  /// Base64url without padding: a random nonce of 12 bytes, the text, the tag of 16.
  package func seal(_ plain: [UInt8]) -> String { seal(plain, SecureRandom.bytes(12)) }

  /// The same text for the same content, by a nonce that is a MAC of it: as RFC 5297 has it, that tells
  /// nothing but that two contents are the same.
  package func sealAlike(_ plain: [UInt8]) -> String {
    let mac = plain.withUnsafeBytes {
      HMACSigner(key: nonceKey).sign($0, UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return withUnsafeBytes(of: (mac.a, mac.b)) { seal(plain, Array($0.prefix(12))) }
  }

  private func seal(_ plain: [UInt8], _ nonce: [UInt8]) -> String {
    let sealed = [UInt8](unsafeUninitializedCapacity: plain.count + 16) { buffer, count in
      precondition(
        gateway_aes256gcm_seal(keys[0], nonce, plain, plain.count, buffer.baseAddress) == 1,
        "libcrypto failed to seal")
      count = plain.count + 16
    }
    return Base64URL.encode(nonce + sealed)
  }

  /// Nil for what none of the secrets has sealed for this purpose.
  package func open(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let bytes = Base64URL.decode(text), bytes.count >= 28 else { return nil }
    let nonce = Array(bytes[..<12])
    let sealed = Array(bytes[12...])
    for key in keys {
      var isOpen = false
      let plain = [UInt8](unsafeUninitializedCapacity: sealed.count) { buffer, count in
        isOpen =
          gateway_aes256gcm_open(key, nonce, sealed, sealed.count, buffer.baseAddress) == 1
        count = isOpen ? sealed.count - 16 : 0
      }
      if isOpen { return plain }
    }
    return nil
  }
}

/// A key of its own for each purpose (HKDF-SHA256, RFC 5869).
enum DerivedKey {
  /// 32 bytes.
  static func bytes(from secret: [UInt8], purpose: String) -> [UInt8] {
    let info = Array("mcp-gateway \(purpose)".utf8)
    return [UInt8](unsafeUninitializedCapacity: 32) { key, count in
      precondition(
        gateway_hkdf_sha256(secret, secret.count, info, info.count, key.baseAddress, 32) == 1,
        "libcrypto failed to derive a key")
      count = 32
    }
  }
}

/// Base64url without padding (RFC 4648, section 5).
package enum Base64URL {
  package static func encode(_ bytes: [UInt8]) -> String {
    var text = Base64.encode(bytes)
    text.replace("+", with: "-")
    text.replace("/", with: "_")
    while text.hasSuffix("=") { text.removeLast() }
    return text
  }

  package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var standard = [UInt8]()
    standard.reserveCapacity(text.count + 2)
    for byte in text {
      switch byte {
      case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: standard.append(byte)
      }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Base64.decode(standard)
  }
}
