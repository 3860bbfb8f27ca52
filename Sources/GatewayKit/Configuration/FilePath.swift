/// Paths as texts. Nothing here touches a file system.
package enum FilePath {
  /// `path` as seen from `base`: absolute ones stay, `~/` is the home directory.
  /// `..` is kept, because only the file system knows what it means behind a symbolic link.
  package static func resolve(_ path: String, from base: String, home: String?) -> String {
    if path.hasPrefix("/") { return tidy(path) }
    if path == "~" || path.hasPrefix("~/"), let home { return tidy(home + path.dropFirst(1)) }
    return tidy("\(base)/\(path)")
  }

  /// The directory that holds `path`.
  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path of `name` beside `path`.
  package static func sibling(of path: String, named name: String) -> String {
    let directory = directory(of: path)
    return directory == "/" ? "/\(name)" : "\(directory)/\(name)"
  }

  private static func tidy(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return "/" + parts.joined(separator: "/")
  }
}
