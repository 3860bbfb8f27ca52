import Foundation
import Testing

@testable import GatewayKit

@Suite("The audit log")
struct AuditLogTests {
  @Test("what is appended is in order, sealed, and verified")
  func isSound() throws {
    let audit = try AuditFolder()
    try audit.append(5, to: audit.log())
    // Another process goes on where this one stopped.
    try audit.append(5, to: audit.log(), user: "böb \"x\"\n")
    let verdict = try audit.verify()
    #expect(verdict.findings == [])
    #expect(verdict.lines == 11 && verdict.firstSequence == 1 && verdict.lastSequence == 11)
    #expect(try audit.lines[0].contains(#""event":"audit.began""#))
    #expect(try audit.events().map { $0["seq"]?.intValue } == (1...11).map { $0 })
    for name in ["audit.jsonl", "audit.head", "audit.lock"] {
      #expect(audit.folder.status(of: name).st_mode & 0o777 == 0o600, "\(name)")
    }
  }

  @Test("a copy that is made while lines come verifies if its head was copied first, and only then")
  func copies() throws {
    for headIsFirst in [true, false] {
      let audit = try AuditFolder()
      let log = audit.log()
      let copy = try StoreFolder()
      func take(_ name: String) throws { try copy.write(try audit.folder.text(of: name), to: name) }
      try audit.append(5, to: log)
      try take(headIsFirst ? "audit.head" : "audit.jsonl")
      try audit.append(5, to: log)
      try take(headIsFirst ? "audit.jsonl" : "audit.head")
      let verdict = try AuditVerifier.verify(
        path: "\(copy.directory)/audit.jsonl", secrets: [AuditFolder.secret])
      #expect(verdict.isSound == headIsFirst, "\(verdict.findings)")
    }
  }

  // MARK: Tampering

  enum Tampering: String, CaseIterable, Sendable {
    case change, insert, remove, swap, truncate, empty, removeFirst, removeHead, forgeHead
    case recompute

    /// What the verdict has to say of it.
    var finding: String {
      switch self {
      case .change: "line 5 was changed"
      case .insert: "inserted, repeated or out of order"
      case .remove: "lines 5 to 5 are missing"
      case .swap: "inserted, repeated or out of order"
      case .truncate: "are missing at the end"
      case .empty: "lines 1 to 11 are missing at the end"
      case .removeFirst: "lines 1 to 2 are missing before line 3"
      case .removeHead: ""
      case .forgeHead: "audit.head: it was changed"
      case .recompute: "is sealed with key"
      }
    }
  }

  @Test("each kind of tampering is found", arguments: Tampering.allCases)
  func finds(_ tampering: Tampering) throws {
    let audit = try AuditFolder()
    try audit.append(10, to: audit.log())
    var lines = try audit.lines
    switch tampering {
    case .change: lines[4] = lines[4].replacing("alice", with: "mallo")
    case .insert: lines.insert(lines[2], at: 4)
    case .remove: lines.remove(at: 4)
    case .swap: lines.swapAt(4, 5)
    case .truncate: lines.removeLast(3)
    case .empty: lines = []
    case .removeFirst: lines.removeFirst(2)
    case .removeHead: unlink("\(audit.folder.directory)/audit.head")
    case .forgeHead:
      let head = try audit.folder.text(of: "audit.head")
      try audit.folder.write(
        head.replacing(#""seq":11"#, with: #""seq":12"#), to: "audit.head")
    case .recompute:
      // Everything made anew by who does not have the secret.
      let other = AuditLog(
        path: audit.path, settings: audit.settings, secrets: [Array("another secret".utf8)])
      try FileManager.default.removeItem(atPath: audit.path)
      try FileManager.default.removeItem(atPath: "\(audit.folder.directory)/audit.head")
      try audit.append(10, to: other)
      lines = try audit.lines
    }
    try audit.write(lines)
    let verdict = try audit.verify()
    guard tampering != .removeHead else {
      #expect(verdict.trusted.contains { $0.contains("audit.head is missing") })
      return
    }
    #expect(!verdict.isSound)
    #expect(
      verdict.findings.contains { $0.contains(tampering.finding) }, "\(verdict.findings)")
  }

  @Test("a file that is missing at the beginning or in the middle is found", arguments: [0, 1])
  func findsMissingFiles(which: Int) throws {
    var audit = try AuditFolder()
    audit.settings.maximumBytes = 1000
    try audit.append(20, to: audit.log())
    let aside = AuditFiles.aside(audit.path)
    try #require(aside.count > 2)
    #expect(try audit.verify().isSound)
    unlink(aside[which])
    let verdict = try audit.verify()
    #expect(verdict.findings.count == 1)
    #expect(verdict.findings.first?.contains("are missing before line") == true)
  }

  // MARK: Accidents

  @Test("half a line that a killed writer left is taken away and told")
  func repairs() throws {
    let audit = try AuditFolder()
    try audit.append(3, to: audit.log())
    let handle = try FileHandle(forWritingTo: URL(filePath: audit.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"seq":5,"time":"2026"#.utf8))
    try handle.close()
    let torn = try audit.verify()
    #expect(torn.isSound && torn.trusted.contains { $0.contains("did not finish") })
    try audit.append(1, to: audit.log())
    #expect(try audit.verify().isSound)
    let events = try audit.events()
    #expect(events[4]["event"] == "audit.repaired" && events[4]["bytes"] == 21)
  }

  @Test("a head that was not written any more does not hide the last line")
  func trustsTheLogOverAnOlderHead() throws {
    let audit = try AuditFolder()
    let log = audit.log()
    try audit.append(3, to: log)
    let head = try audit.folder.bytes(of: "audit.head")
    try audit.append(2, to: log)
    try Data(head).write(to: URL(filePath: "\(audit.folder.directory)/audit.head"))
    #expect(try audit.verify().isSound)
    try audit.append(1, to: audit.log())
    #expect(try audit.verify().isSound)
    #expect(try audit.events().count == 7)
  }

  @Test("lines that are gone when the next is written are told by that")
  func tellsGaps() throws {
    let audit = try AuditFolder()
    try audit.append(10, to: audit.log())
    try audit.write(Array(try audit.lines.prefix(5)))
    try audit.append(1, to: audit.log())
    let events = try audit.events()
    #expect(events[5]["event"] == "audit.gap" && events[5]["known_seq"] == 11)
    #expect(events[5]["seq"] == 12)
    #expect(try !audit.verify().isSound)
  }

  @Test(
    "a full disk leaves a whole log, to which the next line is appended", arguments: [true, false])
  func outlastsAFullDisk(isShort: Bool) throws {
    let audit = try AuditFolder()
    let room = Limited()
    var calls = FileCalls.system
    calls.write = { descriptor, bytes in
      guard room.isFull else { return Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
      if isShort, bytes.count > 40 { return Glibc.write(descriptor, bytes.baseAddress, 40) }
      errno = ENOSPC
      return -1
    }
    let log = audit.log(calls: calls)
    try audit.append(3, to: log)
    room.isFull = true
    let error = #expect(throws: FileError.self) { try audit.append(1, to: log) }
    #expect(error?.code == ENOSPC)
    #expect(try audit.lines.count == 4)
    room.isFull = false
    try audit.append(1, to: log)
    #expect(try audit.verify().findings == [])
    #expect(try audit.lines.count == 5)
  }

  private final class Limited: @unchecked Sendable {
    var isFull = false
  }

  // MARK: Files put aside

  @Test("a log that is large or old is put aside, and the chain goes on")
  func rotates() throws {
    var audit = try AuditFolder()
    audit.settings.maximumBytes = 1500
    audit.settings.keptFiles = 3
    try audit.append(40, to: audit.log())
    #expect(AuditFiles.aside(audit.path).count == 3)
    let verdict = try audit.verify()
    #expect(verdict.findings == [])
    #expect((verdict.firstSequence ?? 0) > 1)
    #expect(try audit.events().contains { $0["event"] == "audit.pruned" })
    audit.settings.maximumBytes = 1 << 20
    audit.settings.maximumAge = .zero
    let before = AuditFiles.aside(audit.path).last
    try audit.append(2, to: audit.log())
    #expect(AuditFiles.aside(audit.path).last != before)
    #expect(try audit.verify().isSound)
  }

  @Test("another program may put the log aside, by renaming it or by copying and emptying it")
  func toleratesOthers() throws {
    let audit = try AuditFolder()
    let log = audit.log()
    try audit.append(3, to: log)
    try #require(rename(audit.path, audit.path + ".1") == 0)
    try audit.append(3, to: log)
    try FileManager.default.copyItem(atPath: audit.path, toPath: audit.path + ".2")
    try audit.write([])
    try audit.append(3, to: log)
    try audit.append(3, to: audit.log())
    let verdict = try audit.verify()
    #expect(verdict.findings == [])
    #expect(verdict.lines == 13)
  }

  /// `GATEWAY_TEST_AUDIT_EVENTS` sets how many; the release check is 10,000.
  @Test("two processes append while a third puts files aside, and nothing is lost")
  func isShared() async throws {
    let count =
      ProcessInfo.processInfo.environment["GATEWAY_TEST_AUDIT_EVENTS"].flatMap { Int($0) } ?? 500
    var audit = try AuditFolder()
    audit.settings.keptFiles = 10_000
    let children = try ["a", "b"].map {
      try StoreChild(["audit", audit.path, "\(1 << 30)", $0, "\(count)"])
    }
    let rotating = try StoreChild(["audit", audit.path, "4000", "c", "\(count / 5)"])
    for child in children + [rotating] {
      #expect(try await child.exitCode(within: .seconds(300)) == 0)
    }
    let verdict = try audit.verify()
    #expect(verdict.findings == [])
    var counts: [String: Int] = [:]
    for event in try audit.events() { counts[event["user"]?.stringValue ?? "", default: 0] += 1 }
    #expect(counts["a"] == count && counts["b"] == count && counts["c"] == count / 5)
    #expect(AuditFiles.aside(audit.path).count > 1)
  }

  // MARK: Reading

  @Test("a search finds what is asked for, and a name is no pattern")
  func searches() throws {
    let audit = try AuditFolder()
    let log = audit.log()
    func note(_ event: AuditEvent, at time: String, _ members: [(key: String, value: JSONValue)])
      throws
    {
      let time = try #require(Timestamp(parsing: time))
      try log.append { _ in [AuditBatch([AuditEntry(event, generation: 1, at: time, members)])] }
    }
    try note(.userCreated, at: "2026-01-01T10:00:00Z", [("user", "alice")])
    try note(
      .keyCreated, at: "2026-01-02T10:00:00Z", [("user", "alice"), ("key_id", "0123456789ab")])
    try note(.keyRevoked, at: "2026-01-03T10:00:00Z", [("user", #"x","user":"alice"#)])
    try note(
      .keyRotated, at: "2026-01-04T10:00:00Z",
      [("changes", [["of": "key 0123456789ab"], ["of": "user bob"]])])
    func found(_ change: (inout AuditQuery) -> Void, newest: Int? = nil) throws -> [String] {
      var query = AuditQuery()
      change(&query)
      var found: [String] = []
      try query.search(audit.path, newest: newest) { line in
        found.append((try? JSONValue.parse(line))?["event"]?.stringValue ?? "?")
        return true
      }
      return found
    }
    #expect(try found { $0.user = "alice" } == ["user.created", "key.created"])
    #expect(try found { $0.user = "bob" } == ["key.rotated"])
    #expect(try found { $0.key = "0123456789ab" } == ["key.created", "key.rotated"])
    #expect(try found { $0.action = "key" } == ["key.created", "key.revoked", "key.rotated"])
    #expect(try found { $0.action = "key.created" } == ["key.created"])
    #expect(try found { $0.user = "ali" } == [])
    // What somebody wrote into a user's metadata is nobody's event.
    let field: JSONValue = ["x": 1, "user": "mallory", "event": "key.revoked", "tool": "t"]
    try note(
      .userChanged, at: "2026-01-05T10:00:00Z",
      [
        ("user", "alice"),
        ("changes", [["of": "user alice", "fields": ["metadata": [[:], field]]]]),
      ])
    #expect(try found { $0.user = "mallory" } == [])
    #expect(try found { $0.tool = "t" } == [])
    #expect(try found { $0.action = "key.revoked" } == ["key.revoked"])
    #expect(try found { $0.action = "user" } == ["user.created", "user.changed"])
    let since = Timestamp(parsing: "2026-01-02T10:00:00Z")
    let until = Timestamp(parsing: "2026-01-03T10:00:00Z")
    // The note that the log began has today's time.
    #expect(
      try found {
        $0.since = since
        $0.until = until
      } == ["key.created"])
    #expect(try found({ _ in }, newest: 2) == ["key.rotated", "user.changed"])
  }

  @Test("who follows the log misses nothing when it is put aside")
  func follows() throws {
    var audit = try AuditFolder()
    audit.settings.maximumBytes = 1500
    let log = audit.log()
    try audit.append(2, to: log)
    var follower = AuditFollower(audit.path, AuditQuery())
    var seen: [JSONValue] = []
    for _ in 0..<10 {
      try audit.append(3, to: log)
      try follower.forEachLine { if let line = try? JSONValue.parse($0) { seen.append(line) } }
    }
    #expect(AuditFiles.aside(audit.path).count > 1)
    #expect(seen.compactMap { $0["seq"]?.intValue } == Array(4..<34))
  }

  @Test("who follows the log misses nothing that is put aside while it reads", arguments: [0, 1])
  func followsMeanwhile(whenReading number: Int) throws {
    var audit = try AuditFolder()
    audit.settings.maximumBytes = 1
    let log = audit.log()
    try audit.append(1, to: log)
    var follower = AuditFollower(audit.path, AuditQuery())
    // Each line is a file of its own.
    for _ in 0..<3 { try audit.append(1, to: log) }
    var seen: [Int] = []
    func follow() throws {
      try follower.forEachLine { line in
        seen += (try? JSONValue.parse(line)["seq"]?.intValue).map { [$0] } ?? []
        if seen.count == number + 1 {
          for _ in 0..<3 { try? audit.append(1, to: log) }
        }
      }
    }
    for _ in 0..<3 { try follow() }
    #expect(seen == Array(3..<9))
  }
}
