import Logging

/// The members of `gateway.log`.
extension ConfigurationLoader {
  mutating func settleLog() throws(ConfigurationError) {
    configuration.log.format = try choice(
      "log.format", LogSettings.Format.self, variable: "GATEWAY_LOG_FORMAT",
      standard: configuration.log.format)
    configuration.log.level = try choice(
      "log.level", Logger.Level.self, variable: "GATEWAY_LOG_LEVEL",
      standard: configuration.log.level)
  }

  private mutating func choice<Value: CaseIterable & RawRepresentable<String>>(
    _ setting: String, _: Value.Type, variable: String, standard: Value
  ) throws(ConfigurationError) -> Value {
    let given = try text(setting, variable: variable)
    let value = given.map { Value(rawValue: $0.value) } ?? standard
    guard let value else {
      throw .invalid(
        setting: setting, given?.origin ?? .default,
        problem: "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")), "
          + "and is \"\(given?.value ?? "")\"")
    }
    note(setting, value.rawValue, given?.origin ?? .default)
    return value
  }
}
