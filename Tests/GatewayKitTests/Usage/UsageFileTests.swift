import Foundation
import Testing

@testable import GatewayKit

@Suite struct UsageFileTests {
  private let folder: StoreFolder
  private let file: UsageFile

  init() throws {
    folder = try StoreFolder()
    file = UsageFile(beside: folder.path)
  }

  private var journal: String { file.path.replacing("usage.json", with: "usage.journal") }

  private func write(_ count: Int, to book: inout UsageBook) throws {
    guard var writer = try file.writer() else {
      Issue.record("another writes")
      return
    }
    for _ in 0..<count {
      let delta = UsageBookTests.delta(at: UsageBookTests.noon)
      book.apply(delta, number: book.number + 1)
      try writer.append(delta, book)
    }
  }

  @Test func whatWasWrittenIsReadBackWhereverTheWriterEnded() throws {
    #expect(try file.read().book == nil)
    var book = UsageBook(began: UsageBookTests.noon)
    try write(20, to: &book)
    #expect(try file.read().book?.json == book.json)
    let whole = try Data(contentsOf: URL(filePath: journal))
    let lines = whole.split(separator: 0x0A).count
    #expect(lines == 19)
    // Killed in the middle of the last line.
    for length in stride(from: whole.count - 150, to: whole.count, by: 13) {
      try whole.prefix(length).write(to: URL(filePath: journal))
      let read = try #require(try file.read().book)
      #expect(read.number == 19 || read.number == 20, "\(length)")
    }
    // And the next writer goes on from there.
    try whole.dropLast(10).write(to: URL(filePath: journal))
    var next = try #require(try file.read().book)
    #expect(next.number == 19)
    try write(3, to: &next)
    #expect(try file.read().book?.json == next.json)
    #expect(next.number == 22)
  }

  @Test func killedBetweenTheBookAndTheJournalNothingIsCountedTwice() throws {
    var book = UsageBook(began: UsageBookTests.noon)
    try write(5, to: &book)
    let old = try Data(contentsOf: URL(filePath: journal))
    try write(1, to: &book)
    // The new book is there, and so is the journal from before it.
    try old.write(to: URL(filePath: journal))
    #expect(try file.read().book?.json == book.json)
  }

  @Test func theBookIsWrittenAnewOnceTheJournalHasOutgrownIt() throws {
    var book = UsageBook(began: UsageBookTests.noon)
    try write(6000, to: &book)
    let size = try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int
    #expect(try #require(size) < 1_200_000)
    #expect(try file.read().book?.json == book.json)
  }

  @Test func onlyOneWritesAtATime() throws {
    guard var one = try file.writer() else {
      Issue.record("another writes")
      return
    }
    if try file.writer() != nil { Issue.record("two write at once") }
    try one.rewrite(UsageBook(began: 0))
  }

  @Test func aFileThatCannotBeReadIsSaidToBeSo() throws {
    try Data("{}".utf8).write(to: URL(filePath: file.path))
    #expect(throws: FileError.self) { try file.read() }
    let place = file.putAside()
    #expect(try file.read().book == nil)
    #expect(FileManager.default.fileExists(atPath: place))
  }

  @Test func aJournalThatCannotBeReadCostsNoMoreThanWhatIsInIt() throws {
    var book = UsageBook(began: UsageBookTests.noon)
    try write(5, to: &book)
    let kept = try #require(try file.read().book)
    try FileManager.default.removeItem(atPath: journal)
    try FileManager.default.createDirectory(atPath: journal, withIntermediateDirectories: false)
    let read = try file.read()
    #expect(read.journalFailure != nil)
    #expect(read.book?.number == 1)
    #expect(kept.number == 5)
    file.putJournalAside()
    var next = try #require(try file.read().book)
    try write(2, to: &next)
    #expect(try file.read().book?.number == 3)
  }

  @Test(arguments: [
    #"{"n":18446744073709551615,"time":1,"parts":[],"seen":[]}"#,
    #"{"n":5,"time":9223372036854775807,"parts":[],"seen":[]}"#,
    #"{"n":5,"time":1,"parts":[["k","u","b","t",18446744073709551615,1,1,1,1,[],1]],"seen":[]}"#,
    #"{"n":5,"time":1,"parts":[["k","u","b","t",1,1,1,1,1,[99999999,1],1]],"seen":[]}"#,
    #"{"n":5,"time":1,"parts":[],"seen":[["k","u",-9223372036854775808,"a","c"]]}"#,
  ])
  func numbersThatCannotBeAreNoLine(line: String) throws {
    #expect(UsageDelta.parse(Array(line.utf8)) == nil)
    try Data((line + "\n").utf8).write(to: URL(filePath: journal))
    #expect(try file.read().book == nil)
  }
}
