import Testing

@testable import GatewayKit

@Suite("Lines in a stream of bytes")
struct LineSplitterTests {
  /// What comes of a text that arrives in such parts; `<` and `>` hold what is too long.
  private func lines(_ parts: [String], limit: Int = 4) -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines: [String] = []
    var long: String?
    let found = { (part: LineSplitter.Part) in
      switch part {
      case .line(let line): lines.append(String(decoding: line, as: UTF8.self))
      case .excess(let bytes): long = (long ?? "") + String(decoding: bytes, as: UTF8.self)
      case .excessEnd:
        lines.append("<\(long ?? "")>")
        long = nil
      }
    }
    for part in parts { Array(part.utf8).withUnsafeBytes { splitter.take($0, found) } }
    splitter.finish(found)
    #expect(long == nil)
    return lines
  }

  @Test("a line is the same in whatever parts it comes, with either end")
  func parts() {
    let text = "ab\ncd\r\n\n\r\ne\rf\nlast"
    let whole = lines([text])
    #expect(whole == ["ab", "cd", "", "", "e\rf", "last"])
    for size in 1...5 {
      let bytes = Array(text)
      let parts = stride(from: 0, to: bytes.count, by: size).map {
        String(bytes[$0..<min($0 + size, bytes.count)])
      }
      #expect(lines(parts) == whole)
    }
  }

  @Test("a line that is too long is given byte for byte as it comes, and the next one whole")
  func excess() {
    #expect(
      lines(["ab", "c\r\n", "defgh", "i\nok", "\nlast"]) == ["abc", "<defghi>", "ok", "last"])
    #expect(lines(["abcde\nx\n"]) == ["<abcde>", "x"])
    #expect(lines(["abcd\nefghijk"]) == ["abcd", "<efghijk>"])
  }

  @Test("a stream that ends with a line end has no line behind it")
  func end() {
    #expect(lines(["a\n"]) == ["a"])
    #expect(lines([]) == [])
  }
}
