/// Where the owner-only socket of a gateway stands.
package enum AdminSocketPath {
  /// Bytes that `sun_path` holds besides its closing zero (unix(7)).
  package static let longest = 107

  package static func fits(_ path: String) -> Bool { path.utf8.count <= longest }

  /// The places to bind or to look, in order: beside the store, then `$XDG_RUNTIME_DIR`, then
  /// `/run/gateway`, for file systems that carry no sockets and for long paths. Away from the store
  /// the file's name carries a fingerprint of the store's path, so that two gateways never meet.
  package static func candidates(store: String, runtimeDirectory: String?) -> [String] {
    let name = "gateway-\(fingerprint(store)).sock"
    var places = [FilePath.sibling(of: store, named: "gateway.sock")]
    if let runtimeDirectory, runtimeDirectory.hasPrefix("/") {
      places.append("\(runtimeDirectory)/\(name)")
    }
    places.append("/run/gateway/\(name)")
    return places.filter(fits)
  }

  /// FNV-1a, 32 bits, in hex: a name, not a secret.
  private static func fingerprint(_ text: String) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - hex.count) + hex
  }
}
