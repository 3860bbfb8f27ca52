import Foundation
import Testing

@testable import GatewayKit

/// What somebody who can write beside the log puts there.
@Suite("The audit log in hostile hands")
struct AuditHostileTests {
  private let audit: AuditFolder

  init() throws {
    audit = try AuditFolder()
    try audit.append(10, to: audit.log())
  }

  private func write(_ text: String, at path: String) throws {
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  private func forged(_ sequence: String) -> String {
    let mac = String(repeating: "0", count: 64)
    return #"{"seq":\#(sequence),"event":"user.deleted","mac":"\#(mac)"}"#
  }

  private func append(_ count: Int = 1) throws { try audit.append(count, to: audit.log()) }

  enum Place: String, CaseIterable, Sendable { case pipe, device, link, directory }

  private func put(_ place: Place, at path: String) throws {
    try #require(rename(path, audit.folder.directory + "/real") == 0)
    switch place {
    case .pipe: try #require(mkfifo(path, 0o600) == 0)
    case .device: try #require(symlink("/dev/null", path) == 0)
    case .link: try #require(symlink("real", path) == 0)
    case .directory: try #require(mkdir(path, 0o700) == 0)
    }
  }

  @Test("what is no file is never written, nor waited for", arguments: Place.allCases)
  func refusesWhatIsNoFile(_ place: Place) throws {
    try put(place, at: audit.path)
    #expect(throws: FileError.self) { try append() }
    if place != .link { #expect(throws: FileError.self) { try audit.verify() } }
    var follower = AuditFollower(audit.path, AuditQuery())
    try? follower.forEachLine { _ in }
    #expect(try audit.folder.text(of: "real").split(separator: "\n").count == 11)
  }

  @Test("a head that is no file keeps nothing out of the log", arguments: Place.allCases)
  func goesOnWithoutItsHead(_ place: Place) throws {
    let head = "\(audit.folder.directory)/audit.head"
    try put(place, at: head)
    let log = audit.log()
    try audit.append(2, to: log)
    #expect(log.headFailure != nil)
    #expect(try audit.lines.count == 13)
    try FileManager.default.removeItem(atPath: head)
    try audit.append(1, to: log)
    #expect(log.headFailure == nil)
    #expect(try audit.verify().findings == [])
  }

  @Test("a line without end is put aside and found, and the log goes on", arguments: ["", "\n"])
  func outlastsLongLines(end: String) throws {
    try write(String(repeating: "x", count: 3 * LineFile.longestLine) + end, at: audit.path)
    #expect(try audit.verify().findings == ["\(audit.path):12: this is no line of the log"])
    try append(2)
    let verdict = try audit.verify()
    #expect(verdict.findings.count == 1 && verdict.lastSequence == 14, "\(verdict.findings)")
    #expect(try audit.events().count == 14)
    #expect(AuditFiles.aside(audit.path) == [audit.path + ".11"])
  }

  @Test("a number that leaves no room for another is nobody's")
  func boundsNumbers() throws {
    for number in ["18446744073709551609", "18446744073709551616", "9223372036854775808"] {
      try write(forged(number) + "\n", at: audit.path)
    }
    try append(20)
    #expect(try audit.events().last?["seq"] == 32)
    #expect(try audit.verify().findings.count == 3)
  }

  @Test(
    "a forged line is found, and what was written around it still counts", arguments: [12, 5000])
  func findsForgeries(sequence: Int) throws {
    let head = try audit.folder.bytes(of: "audit.head")
    try append(5)
    var lines = try audit.lines
    lines.insert(forged(String(sequence)), at: 11)
    try audit.write(lines)
    var verdict = try audit.verify()
    #expect(verdict.findings.count == 2, "\(verdict.findings)")
    #expect(verdict.findings.last?.contains("line 12 stands behind line \(sequence)") == true)
    // Behind it a cut still shows.
    lines.removeLast(2)
    try audit.write(lines)
    verdict = try audit.verify()
    #expect(verdict.findings.last?.contains("lines 15 to 16 are missing at the end") == true)
    #expect(head.count == AuditHead.size)
  }

  @Test("the first of all lines cannot be another, even without a head")
  func knowsTheFirstLine() throws {
    unlink("\(audit.folder.directory)/audit.head")
    #expect(try audit.verify().findings == [])
    var lines = try audit.lines
    lines[0] = lines[0].replacing("audit.began", with: "audit.bogus")
    try audit.write(lines)
    #expect(try audit.verify().findings.count == 1)
  }

  @Test("a file that was put aside is never replaced by another")
  func keepsWhatIsAside() throws {
    try #require(rename(audit.path, audit.path + ".11") == 0)
    // Nothing of the log is in it, and it is due to be put aside.
    var small = audit
    small.settings.maximumBytes = 100
    try Data((String(repeating: "x", count: 200) + "\n").utf8).write(
      to: URL(filePath: audit.path))
    try small.append(1, to: small.log())
    #expect(try audit.folder.text(of: "audit.jsonl.11").contains(#""seq":11,"#))
    #expect(try audit.events().filter { $0["event"] == "user.changed" }.count == 11)
  }
}
