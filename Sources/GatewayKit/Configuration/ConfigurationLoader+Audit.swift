/// The members of `gateway.audit`.
extension ConfigurationLoader {
  mutating func settleAudit() throws(ConfigurationError) {
    configuration.audit.secrets = configuration.secrets
    try settlePath()
    let required = fileSettings["audit.required"]
    if let required {
      guard case .bool(let value) = required.value else {
        throw problem("audit.required", required, "must be true or false")
      }
      configuration.audit.isRequired = value
    }
    note("audit.required", "\(configuration.audit.isRequired)", origin(required))
    try settleBounds()
  }

  private mutating func settlePath() throws(ConfigurationError) {
    let node = fileSettings["audit.path"]
    guard let node else {
      return note("audit.path", configuration.beside("audit.jsonl"), .default)
    }
    guard let text = node.string, !text.isEmpty else {
      throw problem("audit.path", node, "must be a path, or \"off\"")
    }
    if text == "off" {
      configuration.audit.isOn = false
    } else {
      configuration.audit.path = FilePath.resolve(text, from: base, home: home)
    }
    note("audit.path", configuration.audit.path ?? "off", origin(node))
  }

  private mutating func settleBounds() throws(ConfigurationError) {
    let bytes = fileSettings["audit.maximumBytes"]
    if let bytes {
      let number: Int? =
        switch bytes.value {
        case .number(let digits): Int(digits)
        case .string(let text): ByteSize.parse(text)
        default: nil
        }
      guard let number, (1 << 20...1 << 40).contains(number) else {
        throw problem(
          "audit.maximumBytes", bytes, "must be 1 MiB to 1024 GiB, as a number of bytes or a text")
      }
      configuration.audit.maximumBytes = number
    }
    note("audit.maximumBytes", ByteSize.text(configuration.audit.maximumBytes), origin(bytes))

    let age = fileSettings["audit.maximumAge"]
    if let age {
      guard let duration = age.string.flatMap(DurationText.parse),
        (.seconds(3600) ... .seconds(3650 * 86_400)).contains(duration)
      else { throw problem("audit.maximumAge", age, "must be \"1h\" to \"3650d\"") }
      configuration.audit.maximumAge = duration
    }
    note("audit.maximumAge", DurationText.text(configuration.audit.maximumAge), origin(age))

    let keep = fileSettings["audit.keep"]
    if let keep {
      guard case .number(let digits) = keep.value, let number = Int(digits),
        (1...10_000).contains(number)
      else { throw problem("audit.keep", keep, "must be a whole number from 1 to 10000") }
      configuration.audit.keptFiles = number
    }
    note("audit.keep", "\(configuration.audit.keptFiles)", origin(keep))
  }

  private func origin(_ node: ConfigurationNode?) -> SettingOrigin {
    node.map { .file(place($0)) } ?? .default
  }

  private func problem(
    _ name: String, _ node: ConfigurationNode, _ problem: String
  ) -> ConfigurationError {
    .invalid(setting: name, .file(place(node)), problem: problem)
  }
}
