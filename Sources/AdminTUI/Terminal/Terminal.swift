import CNcurses
import GatewayKit
import Glibc

/// The real terminal, through ncurses. All of it belongs to the main thread.
struct Terminal: ~Copyable {
  /// What the terminal shows; nil when nobody knows.
  private var shown: Screen?
  private var theme = Theme.standard
  private let colors: Int
  private var widths: [UInt32: Bool] = [:]

  /// Why the terminal cannot be had.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What to say once the terminal is given back.
  let remark: String?

  /// - Parameters:
  ///   - hasColors: false sends no colour at all.
  ///   - settings: what the operator wants otherwise.
  init(hasColors: Bool, _ settings: ConsoleSettings) throws(Failure) {
    var options = console_options(
      escape_delay: Int32(settings.escapeDelay), mouse: settings.mouse, colors: hasColors,
      synchronized: settings.isSynchronized,
      ask_background: settings.theme == .okabe && settings.background == .auto)
    var name = [CChar](repeating: 0, count: 64)
    let result = console_start(&options, &name, name.count)
    switch result {
    case Int32(CONSOLE_OK): break
    case Int32(CONSOLE_NOT_A_TERMINAL):
      throw Failure(
        description: "gateway-admin needs a terminal. For scripts use: gateway users list --json")
    case Int32(CONSOLE_NO_TYPE):
      throw Failure(
        description:
          "No terminal type is known on this machine (TERM=\(Self.type ?? "")): install ncurses-base, or set TERM=xterm"
      )
    default:
      throw Failure(
        description: "The terminal cannot be used: \(String(cString: strerror(errno))).")
    }
    let used = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    remark =
      used.isEmpty || used == Self.type
      ? nil
      : "Terminal type \"\(SafeText.line(Self.type ?? ""))\" is not known on this machine; used \(used)."
    colors = hasColors ? Int(console_colors()) : 0
  }

  private static var type: String? { getenv("TERM").map { String(cString: $0) } }

  var size: Size {
    var rows: Int32 = 0
    var columns: Int32 = 0
    console_size(&rows, &columns)
    return Size(rows: Int(rows), columns: Int(columns))
  }

  /// Shows a screen: what differs from the one before, in one write.
  ///
  /// - Returns: false when the terminal is gone.
  mutating func show(_ screen: Screen, theme: Theme) -> Bool {
    if theme != self.theme {
      self.theme = theme
      shown = nil
    }
    if shown?.size != screen.size {
      shown = nil
      console_clear()
    }
    for piece in Damage(from: shown, to: screen).pieces {
      for column in piece.columns {
        if let cell = screen[piece.row, column] { put(cell, piece.row, column) }
      }
    }
    if let place = screen.cursor {
      console_cursor(Int32(place.row), Int32(place.column), true)
    } else {
      console_cursor(0, 0, false)
    }
    shown = screen
    return console_flush() == 0
  }

  private mutating func put(_ cell: Cell, _ row: Int, _ column: Int) {
    guard cell.glyph.width > 0 else { return }
    let look = theme.look(of: cell.role, colors: colors)
    var attributes: UInt32 = 0
    if look.isBold || cell.emphasis.contains(.bold) { attributes |= UInt32(CONSOLE_BOLD) }
    if look.isDim { attributes |= UInt32(CONSOLE_DIM) }
    if cell.emphasis.contains(.reverse) { attributes |= UInt32(CONSOLE_REVERSE) }
    if cell.emphasis.contains(.underline) { attributes |= UInt32(CONSOLE_UNDERLINE) }
    let color = look.color.map { Int32($0) } ?? -1
    let scalars = isAgreed(cell.glyph) ? cell.glyph.scalars : [Glyph.unknown.base]
    console_put(
      Int32(row), Int32(column), scalars, Int32(scalars.count), attributes, color, -1)
    if !isAgreed(cell.glyph), cell.glyph.width == 2 {
      console_put(Int32(row), Int32(column + 1), [0x20], 1, attributes, color, -1)
    }
  }

  /// Whether the C library, which stands for the terminal, gives the glyph as many cells. Where it does
  /// not, a line would be shifted.
  private mutating func isAgreed(_ glyph: Glyph) -> Bool {
    if glyph.base < 0x7F, glyph.first == 0 { return true }
    let key = glyph.base
    if let known = widths[key] { return known }
    let agrees =
      console_width(glyph.base) == Int32(glyph.width)
      && [glyph.first, glyph.second].allSatisfy { $0 == 0 || console_width($0) == 0 }
    widths[key] = agrees
    return agrees
  }

  /// The next frame paints everything.
  mutating func repaint() {
    shown = nil
    console_repaint()
  }

  /// Gives the terminal to whoever started this, until they want it back.
  ///
  /// - Returns: false when nobody could.
  mutating func suspend() -> Bool {
    // A key that is shown must not stay behind.
    shown = nil
    return console_suspend()
  }

  consuming func stop() { console_stop() }
}
