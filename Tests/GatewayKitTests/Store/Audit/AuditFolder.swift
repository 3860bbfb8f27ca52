import Foundation

@testable import GatewayKit

/// A log in a directory of a test's own.
struct AuditFolder {
  static let secret = Array("the secret of these tests".utf8)

  let folder: StoreFolder
  var path: String { "\(folder.directory)/audit.jsonl" }
  var settings = AuditSettings()

  init() throws {
    folder = try StoreFolder()
    settings.secrets = [Self.secret]
  }

  func log(calls: FileCalls = .system) -> AuditLog {
    AuditLog(path: path, settings: settings, secrets: [Self.secret], calls: calls)
  }

  func append(_ count: Int, to log: AuditLog, user: String = "alice") throws {
    for number in 0..<count {
      try log.append { _ in
        [
          AuditBatch([
            AuditEntry(
              .userChanged, generation: 1,
              [("user", .string(user)), ("number", .number(String(number)))])
          ])
        ]
      }
    }
  }

  func verify() throws -> AuditVerifier.Verdict {
    try AuditVerifier.verify(path: path, secrets: [Self.secret])
  }

  var lines: [String] {
    get throws { try folder.text(of: "audit.jsonl").split(separator: "\n").map(String.init) }
  }

  func write(_ lines: [String]) throws {
    // In place: the file stays the one that its writers have open.
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(lines.map { "\($0)\n" }.joined().utf8))
    try handle.close()
  }

  /// The events of the log, in their order.
  func events(_ query: AuditQuery = AuditQuery()) throws -> [JSONValue] {
    var events: [JSONValue] = []
    try query.search(path) { line in
      if let event = try? JSONValue.parse(line) { events.append(event) }
      return true
    }
    return events
  }
}
