extension AuditSettings {
  /// What bounds the log, in the order that `config check` prints.
  package static let table: [BoundedSetting<AuditSettings>] = [
    BoundedSetting(
      name: "audit.maximumBytes", summary: "bytes of one file of the audit log",
      field: .bytes(\.maximumBytes, 1 << 20...1 << 40)),
    BoundedSetting(
      name: "audit.maximumAge", summary: "age of one file of the audit log",
      field: .time(\.maximumAge, .seconds(3_600) ... .seconds(3_650 * 86_400))),
    BoundedSetting(
      name: "audit.keep", summary: "files of the audit log that were put aside",
      field: .count(\.keptFiles, 1...10_000)),
  ]
}
