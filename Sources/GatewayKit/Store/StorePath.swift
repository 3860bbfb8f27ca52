import Glibc

/// Where a store's file really is.
enum StorePath {
  /// Refuses addresses, which would else be directories of odd names; also where a configuration has
  /// made a path of one by putting a directory before it.
  static func check(_ path: String) throws(StoreError) {
    guard let colon = path.firstRange(of: "://") else { return }
    let before = path[..<colon.lowerBound]
    let scheme = before.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let isScheme = scheme.utf8.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
    }
    if isScheme, !scheme.isEmpty { throw .unsupported(address: String(path[scheme.startIndex...])) }
  }

  /// Follows symbolic links in the last part of a path; the kernel follows those before it.
  static func resolved(_ path: String) -> String {
    var path = path
    for _ in 0..<40 {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = readlink(path, &buffer, buffer.count)
      guard count > 0 else { return path }
      let target = String(decoding: buffer[..<count], as: UTF8.self)
      path = target.hasPrefix("/") ? target : "\(AtomicFile.parent(of: path))/\(target)"
    }
    return path
  }
}
