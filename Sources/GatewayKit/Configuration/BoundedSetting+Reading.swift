extension BoundedSetting {
  /// Takes the value of `node` into `root`; says what is wrong with it when it cannot be taken.
  func read(_ node: ConfigurationNode, into root: inout Root) -> String? {
    switch field {
    case .count(let path, let range):
      guard case .number(let digits) = node.value, let number = Int(digits) else {
        return "must be a whole number and is \(node.kindInWords)"
      }
      guard range.contains(number) else {
        return "must be \(bounds) and is \(number)"
      }
      root[keyPath: path] = number
    case .bytes(let path, let range):
      let number: Int?
      switch node.value {
      case .number(let digits): number = Int(digits)
      case .string(let text): number = ByteSize.parse(text)
      default: number = nil
      }
      guard let number else {
        return "must be a whole number of bytes, or a text such as \"8 MiB\""
      }
      guard range.contains(number) else {
        return "must be \(bounds) and is \(ByteSize.text(number))"
      }
      root[keyPath: path] = number
    case .time(let path, let range):
      guard let text = node.string, let duration = DurationText.parse(text) else {
        return "must be a text with a unit, such as \"10s\", \"250ms\", \"5m\", \"8h\" or \"7d\""
      }
      guard range.contains(duration) else {
        return "must be \(bounds) and is \(DurationText.text(duration))"
      }
      root[keyPath: path] = duration
    }
    return nil
  }
}
