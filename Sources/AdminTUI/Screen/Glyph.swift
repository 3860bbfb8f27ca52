/// What one place of the screen shows: a scalar of width 1 or 2 and up to two marks on it.
///
/// Only ``Glyphs`` makes them, so that nothing reaches the terminal that it would obey.
struct Glyph: Equatable, Sendable {
  let base: UInt32
  fileprivate(set) var first: UInt32 = 0
  fileprivate(set) var second: UInt32 = 0
  /// 1 or 2; 0 is the right half of the one before.
  let width: UInt8

  fileprivate init(_ base: UInt32, width: UInt8) {
    self.base = base
    self.width = width
  }

  static let space = Glyph(0x20, width: 1)
  /// The right half of a wide one.
  static let rest = Glyph(0x20, width: 0)
  /// What cannot be shown.
  static let unknown = Glyph(0xFFFD, width: 1)

  var scalars: [UInt32] { [base, first, second].filter { $0 != 0 } }

  var text: String {
    guard width > 0 else { return "" }
    var text = ""
    for scalar in scalars.compactMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
    return text
  }
}

/// Text made fit for the screen: the one way from strings to cells (console design, 3.5).
///
/// Whatever a terminal would obey is shown, not sent: C0 controls as their pictures, all else that is
/// invisible or turns the direction of text as `<U+202E>`. Clusters are reduced to what every terminal
/// gives the same width: a base and two marks, the first emoji of a joined sequence, no variation
/// selectors and skin tones.
struct Glyphs: Sendable {
  /// One after the other, with whether it stands for something that is not shown.
  private(set) var items: [(glyph: Glyph, isWarning: Bool)] = []
  private(set) var width = 0

  /// - Parameter isASCII: whether the terminal shows nothing else.
  init(_ text: String, isASCII: Bool = false) {
    items.reserveCapacity(text.utf8.count)
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
      for byte in text.utf8 { items.append((Glyph(UInt32(byte), width: 1), false)) }
      width = items.count
      return
    }
    var isJoined = false
    for scalar in text.unicodeScalars {
      if isJoined {
        isJoined = false
        if Self.isPictograph(scalar) { continue }
      }
      switch Self.kind(of: scalar) {
      case .plain(let width): append(scalar.value, width: width, isASCII)
      case .mark: mark(scalar.value, isASCII)
      case .dropped: break
      case .joiner:
        isJoined = items.last.map { $0.glyph.width == 2 } ?? false
        if !isJoined { warn(scalar) }
      case .control: append(Self.picture(of: scalar.value), width: 1, isASCII)
      case .hidden: warn(scalar)
      case .unknown: append(Glyph.unknown.base, width: 1, isASCII)
      }
    }
  }

  private enum Kind {
    case plain(width: UInt8)
    case mark, dropped, joiner, control, hidden, unknown
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    let value = scalar.value
    switch value {
    case 0..<0x20, 0x7F: return .control
    case 0x20..<0x7F: return .plain(width: 1)
    case 0x200D: return .joiner
    // Flags: of the two, terminals make two cells or four.
    case 0x1F1E6...0x1F1FF: return .unknown
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x1F3FB...0x1F3FF: return .dropped
    default: break
    }
    if let width = Width.wideOrMark(value) { return width == 0 ? .mark : .plain(width: 2) }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return .hidden
    case .unassigned, .surrogate, .privateUse: return .unknown
    default: return .plain(width: 1)
    }
  }

  private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isEmoji && scalar.value > 0x7F
  }

  /// U+2400 and on; what ASCII calls DEL has its own.
  private static func picture(of value: UInt32) -> UInt32 {
    value == 0x7F ? 0x2421 : 0x2400 + value
  }

  private mutating func append(
    _ value: UInt32, width: UInt8, _ isASCII: Bool, isWarning: Bool = false
  ) {
    let isShown = !isASCII || value < 0x7F
    items.append((Glyph(isShown ? value : 0x3F, width: isShown ? width : 1), isWarning))
    self.width += isShown ? Int(width) : 1
  }

  private mutating func mark(_ value: UInt32, _ isASCII: Bool) {
    guard !isASCII else { return }
    if items.isEmpty { append(0x25CC, width: 1, isASCII) }
    let last = items.count - 1
    if items[last].glyph.first == 0 {
      items[last].glyph.first = value
    } else if items[last].glyph.second == 0 {
      items[last].glyph.second = value
    }
  }

  private mutating func warn(_ scalar: Unicode.Scalar) {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    for byte in "<U+\(padded)>".utf8 {
      append(UInt32(byte), width: 1, false, isWarning: true)
    }
  }

  /// Of a symbol, which is one glyph.
  var first: Glyph { items.first?.glyph ?? .space }

  /// What is left out of what does not fit.
  enum Cut {
    /// Of names, which differ most at their ends: `svc-rep…monthly`.
    case middle
    /// Of sentences.
    case end
  }

  /// At most so many columns.
  func cut(
    to columns: Int, _ cut: Cut, isASCII: Bool = false
  ) -> [(glyph: Glyph, isWarning: Bool)] {
    guard width > columns else { return items }
    guard columns > 0 else { return [] }
    let gap: (Glyph, Bool) = (Glyph(isASCII ? 0x7E : 0x2026, width: 1), false)
    var (head, used) = Self.taken(items, upTo: cut == .end ? columns - 1 : columns / 2)
    head.append(gap)
    guard cut == .middle else { return head }
    return head + Self.taken(items.reversed(), upTo: columns - used - 1).items.reversed()
  }

  private static func taken(
    _ items: some Sequence<(glyph: Glyph, isWarning: Bool)>, upTo columns: Int
  ) -> (items: [(glyph: Glyph, isWarning: Bool)], used: Int) {
    var taken: [(glyph: Glyph, isWarning: Bool)] = []
    var used = 0
    for item in items {
      guard used + Int(item.glyph.width) <= columns else { break }
      taken.append(item)
      used += Int(item.glyph.width)
    }
    return (taken, used)
  }
}
