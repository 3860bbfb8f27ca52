import Foundation

@testable import GatewayKit

/// A directory of a test's own, with a users' file in it; removed with the value.
final class StoreFolder: Sendable {
  let directory: String

  var path: String { directory + "/users.json" }

  init() throws {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("mkdtemp", "store-XXXXXX") }
    directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func write(_ text: String, to name: String = "users.json") throws {
    let path = "\(directory)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path + ".new"))
    guard rename(path + ".new", path) == 0 else { throw FileError("rename", path) }
  }

  func text(of name: String = "users.json") throws -> String {
    String(decoding: try bytes(of: name), as: UTF8.self)
  }

  func bytes(of name: String = "users.json") throws -> [UInt8] {
    guard let bytes = try PlainFile.read("\(directory)/\(name)") else {
      throw FileError("open", name, ENOENT)
    }
    return bytes
  }

  /// What is in the directory, in the order of names.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  func status(of name: String = "users.json") -> stat {
    var status = stat()
    stat("\(directory)/\(name)", &status)
    return status
  }

  /// A store with a user for each name.
  func store(_ usernames: String...) async throws -> UserStore {
    let store = try await UserStore.open(path, creating: true)
    for name in usernames { try await store.createUser(name) }
    return store
  }
}

extension AuthSnapshot {
  func authenticate(_ secret: String, at now: Timestamp = .now) -> KeyVerdict {
    authenticate(SHA256Digest(hashing: secret), now: now.microseconds)
  }

  func accepts(_ secret: String, at now: Timestamp = .now) -> Bool {
    if case .valid = authenticate(secret, at: now) { return true }
    return false
  }
}
