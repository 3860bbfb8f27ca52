/// How roles look.
enum Theme: String, CaseIterable, Sendable {
  /// The sixteen colours of the operator's own palette.
  case standard = "default"
  /// Blue against orange: safe for every kind of colour blindness, on a dark background.
  case okabe
  /// The same for a light one.
  case light
  case highContrast = "high-contrast"
  /// Bold, underline and reverse only.
  case mono

  struct Look: Equatable, Sendable {
    /// A palette index; nil is the terminal's own.
    var color: UInt8?
    var isBold = false
    var isDim = false
  }

  /// - Parameter colors: how many the terminal has.
  func look(of role: Role, colors: Int) -> Look {
    if colors < 8 { return Theme.mono.monoLook(role) }
    switch self {
    case .mono: return monoLook(role)
    case .standard: return Self.sixteen(role, colors)
    case .okabe where colors >= 256: return Self.okabe(role)
    case .light where colors >= 256: return Self.light(role)
    case .highContrast: return Self.contrast(role, colors)
    case .okabe, .light: return Self.sixteen(role, colors)
    }
  }

  private func monoLook(_ role: Role) -> Look {
    switch role {
    case .text, .ok, .graph: Look()
    case .muted, .border: Look(isDim: true)
    case .header, .borderFocus, .accent, .warn, .danger, .secret: Look(isBold: true)
    }
  }

  private static func sixteen(_ role: Role, _ colors: Int) -> Look {
    switch role {
    case .text: Look()
    case .header: Look(isBold: true)
    case .muted, .border: colors >= 16 ? Look(color: 8) : Look(isDim: true)
    case .borderFocus, .accent: Look(color: 6, isBold: true)
    // Most palettes' plain blue is too dark on black.
    case .ok: Look(color: colors >= 16 ? 12 : 4)
    case .warn: Look(color: 3)
    case .danger: Look(color: 1, isBold: true)
    case .secret: Look(color: 3, isBold: true)
    case .graph: Look(color: 5)
    }
  }

  private static func okabe(_ role: Role) -> Look {
    switch role {
    case .text: Look()
    case .header: Look(isBold: true)
    case .muted, .border: Look(color: 245)
    case .borderFocus: Look(color: 38, isBold: true)
    case .accent: Look(color: 38)
    case .ok: Look(color: 32)
    case .warn: Look(color: 178)
    case .danger: Look(color: 166, isBold: true)
    case .secret: Look(color: 178, isBold: true)
    case .graph: Look(color: 139)
    }
  }

  private static func light(_ role: Role) -> Look {
    switch role {
    case .text: Look()
    case .header: Look(isBold: true)
    case .muted, .border: Look(color: 241)
    case .borderFocus: Look(color: 24, isBold: true)
    case .accent: Look(color: 24)
    case .ok: Look(color: 25)
    case .warn: Look(color: 94)
    case .danger: Look(color: 124, isBold: true)
    case .secret: Look(color: 94, isBold: true)
    case .graph: Look(color: 96)
    }
  }

  private static func contrast(_ role: Role, _ colors: Int) -> Look {
    switch role {
    case .text, .muted, .border: Look()
    case .header, .borderFocus, .accent: Look(isBold: true)
    case .ok: Look(color: colors >= 16 ? 12 : 4, isBold: true)
    case .warn, .secret: Look(color: colors >= 16 ? 11 : 3, isBold: true)
    case .danger: Look(color: colors >= 16 ? 9 : 1, isBold: true)
    case .graph: Look(color: colors >= 16 ? 13 : 5)
    }
  }
}
