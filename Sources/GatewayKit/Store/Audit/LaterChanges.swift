/// The changes that the log tells of after a generation of the store.
struct LaterChanges {
  /// As they were announced, oldest first.
  private(set) var events: [JSONValue] = []
  /// Whether there were others, which it does not tell.
  private(set) var lacksChanges = false

  private let generation: UInt64
  /// The generation that the next change goes out from if the log has all.
  private var expected: UInt64
  /// A change that was announced, and of which nobody said yet how it ended.
  private var open: JSONValue?

  /// Reads no more of the log's files than it must.
  ///
  /// - Throws: `FileError` when there is no log, or it cannot be read.
  init(after generation: UInt64, in path: String) throws {
    self.generation = generation
    expected = generation
    var lines: [JSONValue] = []
    let files = AuditFiles.all(path)
    guard !files.isEmpty else { throw FileError("open", path, 2) }
    for file in files.reversed() {
      let own = try Self.lines(of: file)
      lines = own + lines
      if own.contains(where: { isUpToGeneration($0) }) { break }
    }
    for line in lines { take(line) }
  }

  private static let marks = [#","phase":""#, #","event":"store."#, #","event":"audit."#].map {
    Array($0.utf8)
  }

  private static func lines(of file: String) throws -> [JSONValue] {
    var lines: [JSONValue] = []
    var reader = try LineFile(file)
    try reader.forEachLine { line in
      if marks.contains(where: { AuditLine.find(line, $0) != nil }),
        let event = try? JSONValue.parse(line)
      {
        lines.append(event)
      }
      return true
    }
    return lines
  }

  /// Whether a line says that the store was at the generation, or before it: what stands before that
  /// line is in the generation.
  private func isUpToGeneration(_ line: JSONValue) -> Bool {
    let isOfStore =
      line["phase"].map { $0 != "intent" }
      ?? (line["event"]?.stringValue == AuditEvent.storeChangedElsewhere.rawValue)
    return isOfStore && line["generation"]?.generation.map { $0 <= generation } ?? false
  }

  private mutating func take(_ line: JSONValue) {
    guard !isUpToGeneration(line) else {
      (events, lacksChanges, expected, open) = ([], false, generation, nil)
      return
    }
    switch line["event"]?.stringValue.flatMap(AuditEvent.init(rawValue:)) {
    case .storeChangedElsewhere, .auditLost, .auditGap: lacksChanges = true
    default:
      guard let phase = line["phase"]?.stringValue else { return }
      if phase == "intent" {
        open = line
      } else {
        if phase != "failed" { finish() }
        open = nil
      }
    }
  }

  /// Counts the change that nobody settled as made: a key that it may have revoked stays revoked.
  mutating func finish() {
    guard let event = open, let next = event["becomes"]?.generation, next > generation
    else { return }
    if event["generation"]?.generation != expected { lacksChanges = true }
    expected = next
    events.append(event)
    open = nil
  }
}
