import CNcurses

/// Turns what the terminal sends into messages. What is pasted is one message, and never keys.
struct TerminalInput {
  private var pasted: String?
  private(set) var hasEnded = false
  /// More is thrown away.
  static let pasteLimit = 64 << 10

  /// Everything that is there.
  mutating func messages(size: () -> Size) -> [Message] {
    var messages: [Message] = []
    var event = console_event()
    while console_next(&event) {
      if let message = message(of: event, size: size) { messages.append(message) }
      if hasEnded { break }
    }
    return messages
  }

  private mutating func message(of event: console_event, size: () -> Size) -> Message? {
    switch Int(event.kind) {
    case CONSOLE_PASTE_BEGIN:
      pasted = ""
      return nil
    case CONSOLE_PASTE_END:
      defer { pasted = nil }
      return pasted.map { .paste($0) }
    case CONSOLE_END:
      hasEnded = true
      return nil
    case CONSOLE_BACKGROUND: return .background(isLight: event.code == 1)
    case CONSOLE_RESIZE: return .resize(size())
    case CONSOLE_MOUSE: return mouse(event)
    case CONSOLE_CHARACTER:
      guard let scalar = Unicode.Scalar(event.code) else { return nil }
      if pasted != nil {
        if (pasted?.utf8.count ?? 0) < Self.pasteLimit { pasted?.unicodeScalars.append(scalar) }
        return nil
      }
      return Self.key(scalar, isAlt: event.alt).map { .key($0) }
    case CONSOLE_KEY:
      guard pasted == nil else { return nil }
      return Self.key(Int(event.code)).map { .key($0) }
    default: return nil
    }
  }

  private func mouse(_ event: console_event) -> Message? {
    let button: MouseEvent.Button
    switch Int(event.code) {
    case CONSOLE_MOUSE_LEFT: button = .left
    case CONSOLE_MOUSE_MIDDLE: button = .middle
    case CONSOLE_MOUSE_RIGHT: button = .right
    case CONSOLE_MOUSE_WHEEL_UP: button = .wheelUp
    case CONSOLE_MOUSE_WHEEL_DOWN: button = .wheelDown
    default: return nil
    }
    return .mouse(
      MouseEvent(button: button, place: Place(row: Int(event.row), column: Int(event.column))))
  }

  private static func key(_ scalar: Unicode.Scalar, isAlt: Bool) -> Key? {
    switch scalar.value {
    case 0: return nil
    case 1...26: return .control(Character(Unicode.Scalar(UInt8(scalar.value) + 96)))
    case 27...31, 127: return nil
    default: return isAlt ? .alt(Character(scalar)) : .character(Character(scalar))
    }
  }

  private static func key(_ code: Int) -> Key? {
    switch code {
    case CONSOLE_KEY_UP: .up
    case CONSOLE_KEY_DOWN: .down
    case CONSOLE_KEY_LEFT: .left
    case CONSOLE_KEY_RIGHT: .right
    case CONSOLE_KEY_HOME: .home
    case CONSOLE_KEY_END: .end
    case CONSOLE_KEY_PAGE_UP: .pageUp
    case CONSOLE_KEY_PAGE_DOWN: .pageDown
    case CONSOLE_KEY_INSERT: .insert
    case CONSOLE_KEY_DELETE: .delete
    case CONSOLE_KEY_BACKSPACE: .backspace
    case CONSOLE_KEY_ENTER: .enter
    case CONSOLE_KEY_TAB: .tab
    case CONSOLE_KEY_BACK_TAB: .backTab
    case CONSOLE_KEY_ESCAPE: .escape
    case CONSOLE_KEY_F1..<CONSOLE_KEY_F1 + 12: .function(code - CONSOLE_KEY_F1 + 1)
    default: nil
    }
  }
}
