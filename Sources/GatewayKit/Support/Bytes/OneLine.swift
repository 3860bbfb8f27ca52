/// A message on one line: JSON has line ends only as white space between its parts.
package enum OneLine {
  package static func of(_ message: [UInt8]) -> [UInt8] {
    guard message.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return message }
    return message.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }
}
