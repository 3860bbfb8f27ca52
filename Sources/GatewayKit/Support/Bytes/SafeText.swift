/// Text from outside made fit for a log or a terminal.
package enum SafeText {
  /// One line: control characters, line ends and what turns the direction of text are shown as
  /// escapes.
  package static func line(_ bytes: some Sequence<UInt8>) -> String {
    line(String(decoding: Array(bytes), as: UTF8.self))
  }

  package static func line(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        safe += "\\u{" + String(scalar.value, radix: 16) + "}"
      default:
        safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
