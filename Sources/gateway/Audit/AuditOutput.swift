import GatewayKit

/// How events are shown.
enum AuditOutput {
  /// Shows one line of the log.
  ///
  /// - Returns: true, for who goes on with the next.
  static func print(_ line: [UInt8], json: Bool) -> Bool {
    guard let event = try? JSONValue.parse(line) else { return true }
    if json {
      Output.print(event)
    } else if let text = text(of: event) {
      Output.print(text)
    }
    return true
  }

  /// A line for people; nil for the end of a change that went as it was announced.
  static func text(of event: JSONValue) -> String? {
    let phase = event["phase"]?.stringValue
    if phase == "done", event["intent"] != nil, event["reason"] == nil { return nil }
    let time = event["time"]?.stringValue.map { "\($0.prefix(19))Z" } ?? "?"
    var words = [time, event["event"]?.stringValue ?? "?"]
    let subject = ["user", "key_id", "backend", "tool"].compactMap { event[$0]?.stringValue }
    if !subject.isEmpty { words.append(subject.joined(separator: " ")) }
    if let actor = event["actor"] { words.append("by \(name(of: actor))") }
    let records = (event["changes"]?.arrayValue ?? []).compactMap { record in
      changes(record).map { (of: record["of"]?.stringValue ?? "more", what: $0) }
    }
    words += records.map { records.count > 1 ? "\($0.of) (\($0.what))" : $0.what }
    if let phase, phase != "intent" { words.append(phase.uppercased()) }
    let known: Set = [
      "seq", "time", "generation", "event", "user", "key_id", "backend", "tool", "actor", "changes",
      "phase", "becomes", "sealed_by", "mac",
    ]
    words += (event.objectValue?.members ?? []).filter { !known.contains($0.key) }.map {
      "\($0.key)=\($0.value.stringValue ?? $0.value.text)"
    }
    return words.map(TerminalText.line).joined(separator: "  ")
  }

  private static func name(of actor: JSONValue) -> String {
    switch actor["by"]?.stringValue {
    case "process":
      let person =
        actor["sudo_user"]?.stringValue ?? actor["login"]?.stringValue
        ?? actor["account"]?.stringValue ?? "uid \(actor["uid"]?.intValue ?? -1)"
      return "\(person) with \(actor["program"]?.stringValue ?? "a program")"
    case "socket": return "uid \(actor["uid"]?.intValue ?? -1) at the socket"
    case let other?: return actor["from"]?.stringValue.map { "\(other) from \($0)" } ?? other
    case nil: return "?"
    }
  }

  /// `enabled: true → false`, for each field.
  private static func changes(_ record: JSONValue) -> String? {
    let fields = (record["fields"]?.objectValue?.members ?? []).filter {
      !["user_id", "created_at", "username", "api_keys"].contains($0.key)
    }
    guard !fields.isEmpty else { return nil }
    return fields.map { field in
      let pair = field.value.arrayValue ?? []
      let (before, after) = (pair.first ?? .null, pair.dropFirst().first ?? .null)
      if before == .null { return "\(field.key): \(after.text)" }
      return "\(field.key): \(before.text) → \(after.text)"
    }.joined(separator: ", ")
  }

  /// Reads the log; what keeps it from being read is said with its path.
  static func read<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as FileError {
      throw CommandFailure.failed(
        "audit_unreadable", "\(error.path) cannot be read: \(error.reason)")
    }
  }
}

extension CommonOptions {
  /// The log of the store that this command works on, which must be there.
  ///
  /// - Parameter evenGone: also one of which only the head is left.
  func auditPath(evenGone: Bool = false) throws -> String {
    let configuration = try configuration(for: .store)
    guard configuration.audit.isOn else {
      throw CommandFailure.notFound(
        "audit_off", "The configuration has audit.path off: there is no log")
    }
    let path = configuration.auditPath
    guard AuditFiles.isThere(path) || evenGone && AuditFiles.wasThere(path) else {
      guard !AuditFiles.wasThere(path) else {
        throw CommandFailure.notFound(
          "audit_gone", "There is no log at \(path), but there was one; see gateway audit verify")
      }
      throw CommandFailure.notFound(
        "audit_missing",
        "There is no log at \(path): nothing was changed yet, or it is another store's; name that with --users-db or --config"
      )
    }
    return path
  }
}
