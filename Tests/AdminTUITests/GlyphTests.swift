import CNcurses
import Glibc
import Testing

@testable import AdminTUI

@Suite("Text on its way to the screen") struct GlyphTests {
  private func shown(_ text: String, isASCII: Bool = false) -> String {
    var screen = Screen(Size(rows: 1, columns: 40), symbols: isASCII ? .ascii : .unicode)
    screen.put(text, 0, 0)
    var line = screen.text(ofRow: 0)
    while line.last == " " { line.removeLast() }
    return line
  }

  @Test(arguments: [
    ("plain", "plain"), ("a\u{1B}[2Jb", "a␛[2Jb"), ("a\tb\n", "a␉b␊"), ("a\u{9B}2J", "a<U+009B>2J"),
    ("\u{202E}evil", "<U+202E>evil"), ("a\u{200B}b", "a<U+200B>b"), ("x\u{AD}y", "x<U+00AD>y"),
    ("\u{E0041}", "<U+E0041>"), ("e\u{301}", "e\u{301}"), ("漢字", "漢字"), ("👍🏽", "👍"),
    ("👩‍👩‍👧", "👩"), ("❤\u{FE0F}", "❤"), ("a\u{301}\u{302}\u{303}\u{304}", "a\u{301}\u{302}"),
    ("\u{301}x", "◌\u{301}x"), ("\u{F0000}", "\u{FFFD}"), ("\u{7F}", "␡"),
    ("🇩🇪x", "\u{FFFD}\u{FFFD}x"),
    ("a\u{2028}b", "a<U+2028>b"),
  ])
  func isMadeSafe(text: String, expected: String) {
    #expect(Array(shown(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func asciiStaysASCII() {
    for text in ["漢字", "a\u{1B}", "é", "— · ×", "\u{202E}"] {
      #expect(shown(text, isASCII: true).utf8.allSatisfy { $0 < 0x7F }, "\(text)")
    }
  }

  @Test func aLineNeverHasMoreCellsThanItHas() {
    let texts = ["漢字漢字漢字漢字漢字", "abc漢", "e\u{301}漢\u{301}x", String(repeating: "👍", count: 30)]
    for columns in 1...12 {
      for text in texts {
        var screen = Screen(Size(rows: 1, columns: columns))
        screen.put(text, 0, 0)
        screen.put(text, 0, columns / 2, limit: 3)
        var width = 0
        for column in 0..<columns {
          let glyph = screen[0, column]!.glyph
          if glyph.width == 0 { #expect(screen[0, column - 1]?.glyph.width == 2) }
          if glyph.width == 2 { #expect(screen[0, column + 1]?.glyph.width == 0) }
          width += Int(glyph.width)
        }
        #expect(width == columns, "\(text) in \(columns)")
      }
    }
  }

  @Test func theMiddleIsCutOut() {
    var screen = Screen(Size(rows: 1, columns: 20))
    screen.put("svc-report-monthly", 0, 0, limit: 11)
    #expect(screen.text(ofRow: 0).hasPrefix("svc-r…nthly "))
  }

  @Test(
    "is as wide as the C library has it, in the scripts that are in use and in all that is drawn")
  func agreesWithTheLibrary() throws {
    let locale = try #require(newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0xA1...0xAC, 0xAE...0x377, 0x391...0x3A1, 0x3A3...0x52F, 0x5D0...0x5EA,
      0x620...0x669, 0x905...0x939, 0xE01...0xE3A, 0x10D0...0x10FA, 0x1E00...0x1EFF,
      0x2010...0x2027,
      0x20A0...0x20BF, 0x2190...0x21FF, 0x2500...0x25FC, 0x2800...0x28FF, 0x3041...0x3096,
      0x30A1...0x30FA, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x1F300...0x1F320, 0x1F600...0x1F64F,
      0x20000...0x2A6DF,
    ]
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      // A mark has no place of its own without a letter.
      let width = Glyphs("a\(Character(scalar))").width - 1
      #expect(width == Int(console_width(value)), "U+\(String(value, radix: 16))")
    }
  }
}
