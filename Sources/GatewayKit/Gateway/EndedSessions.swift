import Synchronization

/// The numbers of sessions that were ended before their time, kept beside the store.
///
/// A sealed id opens for as long as its secret lives; this is what makes an ended one stay ended,
/// over restarts too. One line each in `sessions.ended`: the number, a space, and the time in
/// microseconds since 1970 after which the id is too old by itself and the line can go.
package final class EndedSessions: Sendable {
  /// The most numbers that are kept, some 14 MB: a client that ends sessions without end must not
  /// fill the disk.
  package static let standardLimit = 250_000

  private let path: String
  private let limit: Int
  private let numbers: Mutex<[SessionNumber: Int64]>
  /// Held while the file is written, so that none gets lost where it is replaced.
  private let writing = Mutex(())

  /// Reads what is kept and drops what has become too old. A file that is not there is empty.
  package init(path: String, limit: Int = standardLimit) throws {
    self.path = path
    self.limit = limit
    var kept: [SessionNumber: Int64] = [:]
    let now = Timestamp.now.microseconds
    for line in try PlainFile.lines(of: path) {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let number = SessionNumber(parts[0]), let until = Int64(parts[1])
      else { continue }
      if until > now { kept[number] = until }
    }
    numbers = Mutex(kept)
    try PlainFile.replace(path, with: Self.text(kept))
  }

  /// The numbers that are kept, each with the time after which it can go, in microseconds since 1970.
  package var all: [SessionNumber: Int64] { numbers.withLock { $0 } }

  /// Forgets all of them.
  package func clear() throws {
    try PlainFile.replace(path, with: [])
    numbers.withLock { $0 = [:] }
  }

  /// Forgets those that are too old by themselves, and tells which.
  package func forgetOld(_ now: Timestamp = .now) throws -> [SessionNumber] {
    let old = numbers.withLock { numbers in
      let old = numbers.filter { $0.value <= now.microseconds }.map(\.key)
      for number in old { numbers[number] = nil }
      return old
    }
    if !old.isEmpty {
      try writing.withLock { _ in try PlainFile.replace(path, with: Self.text(all)) }
    }
    return old
  }

  private static func text(_ numbers: [SessionNumber: Int64]) -> [UInt8] {
    Array(numbers.map { "\($0.key) \($0.value)\n" }.sorted().joined().utf8)
  }

  package func contains(_ number: SessionNumber) -> Bool {
    numbers.withLock { $0[number] != nil }
  }

  /// No more can be kept before some are too old by themselves.
  struct Full: Error {}

  /// On return the number is on disk.
  ///
  /// - Throws: `Full`, or what kept it from being written.
  package func add(_ number: SessionNumber, until: Timestamp) async throws {
    try numbers.withLock { numbers in
      guard numbers.count < limit || numbers[number] != nil else { throw Full() }
      numbers[number] = until.microseconds
    }
    try writing.withLock { _ in
      try PlainFile.append(Array("\(number) \(until.microseconds)\n".utf8), to: path)
    }
  }
}
