/// Severities of `notifications/message`, lowest first (RFC 5424).
enum DemoLogLevel: String, CaseIterable, Comparable {
  case debug
  case info
  case notice
  case warning
  case error
  case critical
  case alert
  case emergency

  static func < (left: Self, right: Self) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
  }

  /// - Throws: -32602 for anything else than a level's name.
  init(_ value: JSONValue?) throws(JSONRPCError) {
    guard let level = value?.stringValue.flatMap(Self.init(rawValue:)) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalidParams("The log level must be one of \(known)")
    }
    self = level
  }
}
