import Glibc

/// Reads a whole log and says whether it is what was written (`gateway audit verify`).
package struct AuditVerifier {
  /// The most findings that are kept; more are counted.
  static let mostFindings = 100

  /// What a reading came to.
  package struct Verdict: Sendable {
    package var lines: UInt64 = 0
    package var firstSequence: UInt64?
    package var lastSequence: UInt64?
    /// What is wrong, with file and line.
    package var findings: [String] = []
    package var moreFindings = 0
    /// What the reading could not know and had to take as it is.
    package var trusted: [String] = []

    package var isSound: Bool { findings.isEmpty }

    fileprivate mutating func find(_ text: String) {
      if findings.count < mostFindings { findings.append(text) } else { moreFindings += 1 }
    }
  }

  private let path: String
  private let sealer: AuditSealer
  private var verdict = Verdict()
  /// The line before; nil where its seal is not known.
  private var previous: AuditPosition?
  /// Where the chain was before a line that did not follow it, and whether a line followed it since.
  /// Whatever somebody else put in between, the gateway's own lines go on from there.
  private var other: (position: AuditPosition, isFollowed: Bool)?

  package static func verify(path: String, secrets: [[UInt8]]) throws -> Verdict {
    var verifier = AuditVerifier(path: path, sealer: AuditSealer(secrets: secrets))
    return try verifier.run()
  }

  private init(path: String, sealer: AuditSealer) {
    self.path = path
    self.sealer = sealer
  }

  private mutating func run() throws(FileError) -> Verdict {
    let head = try readHead()
    previous = head?.first
    let files = AuditFiles.all(path)
    if files.isEmpty { verdict.find("\(path): there is no log") }
    for file in files { try read(file) }
    compareEnd(with: head)
    return verdict
  }

  private mutating func readHead() throws(FileError) -> AuditHead? {
    let headPath = AuditLog.beside(path, "head")
    guard let bytes = try PlainFile.read(headPath) else {
      verdict.trusted.append(
        "\(headPath) is missing, so that nothing was taken away at the beginning or the end is not known"
      )
      return nil
    }
    guard let head = AuditHead.parse(bytes, sealer: sealer) else {
      verdict.find("\(headPath): it was changed, or sealed with a secret that is not here")
      return nil
    }
    verdict.trusted.append(
      "that \(headPath) was not put back together with the log: compare line \(head.last.sequence), mac \(head.last.seal.hex.prefix(16))…, with what `gateway status` or the service's log said"
    )
    return head
  }

  // MARK: Lines

  private mutating func read(_ file: String) throws(FileError) {
    var number = 0
    var copy = self
    var reader = try LineFile(file)
    let torn = try reader.forEachLine { line in
      number += 1
      copy.check(line, "\(file):\(number)")
      return true
    }
    self = copy
    if !torn.isEmpty {
      if file == path {
        verdict.trusted.append(
          "\(file) ends in \(torn.count) bytes of a line that its writer did not finish; the next writer takes them away"
        )
      } else {
        verdict.find("\(file): it ends within a line")
      }
    }
  }

  private mutating func check(_ line: UnsafeRawBufferPointer, _ place: @autoclosure () -> String) {
    verdict.lines += 1
    guard let found = AuditSealer.position(of: line) else {
      return verdict.find("\(place()): this is no line of the log")
    }
    if verdict.firstSequence == nil { verdict.firstSequence = found.sequence }
    defer { verdict.lastSequence = found.sequence }
    // The first of all lines is sealed with nothing before it.
    guard let before = previous ?? (found.sequence == 1 ? .start : nil) else {
      verdict.trusted.append(
        "line \(found.sequence), the first of all: what it is sealed with is not known")
      previous = found
      return
    }
    let check = follows(line, found, before)
    if check == .sound {
      other = nil
      previous = found
      return
    }
    if let other, follows(line, found, other.position) == .sound {
      if other.isFollowed {
        self.other = nil
        previous = found
      } else {
        self.other = (found, true)
        verdict.find(
          "\(place()): line \(found.sequence) stands behind line \(before.sequence): inserted, repeated or out of order"
        )
      }
      return
    }
    if other == nil { other = (before, false) }
    switch check {
    case nil where found.sequence > before.sequence:
      verdict.find(
        "\(place()): lines \(before.sequence + 1) to \(found.sequence - 1) are missing before line \(found.sequence)"
      )
    case nil:
      verdict.find(
        "\(place()): line \(found.sequence) stands behind line \(before.sequence): inserted, repeated or out of order"
      )
      return
    case .sound, .changed:
      verdict.find("\(place()): line \(found.sequence) was changed, or what it follows was")
    case .unknownKey(let id):
      verdict.find(
        "\(place()): line \(found.sequence) is sealed with key \(id), which none of the given secrets has; set GATEWAY_SECRET to it"
      )
    }
    previous = found
  }

  /// Nil for a line that has another number.
  private func follows(
    _ line: UnsafeRawBufferPointer, _ found: AuditPosition, _ before: AuditPosition
  ) -> AuditSealer.Check? {
    guard found.sequence == before.sequence + 1 else { return nil }
    return sealer.check(line, sealed: found.seal, behind: before)
  }

  private mutating func compareEnd(with head: AuditHead?) {
    guard let head else { return }
    let end = if let other, other.isFollowed { other.position } else { previous }
    let last = end?.sequence ?? 0
    if last < head.last.sequence {
      verdict.find("\(path): lines \(last + 1) to \(head.last.sequence) are missing at the end")
    } else if last == head.last.sequence, let end, end.seal != head.last.seal {
      verdict.find("\(path): the last line is not the one that was written")
    }
  }
}
