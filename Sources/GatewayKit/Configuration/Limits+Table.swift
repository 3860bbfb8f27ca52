extension Limits {
  /// Every limit, in the order that `config check` prints.
  package static let table: [BoundedSetting<Limits>] = [
    BoundedSetting(
      name: "limits.headerBytes", summary: "bytes of a request's line and headers",
      field: .bytes(\.headerBytes, 1_024...1_048_576)),
    BoundedSetting(
      name: "limits.headerLines", summary: "header lines of a request",
      field: .count(\.headerLines, 8...1_000)),
    BoundedSetting(
      name: "limits.bodyBytes", summary: "bytes of a request's body",
      field: .bytes(\.bodyBytes, 1_024...1_073_741_824)),
    BoundedSetting(
      name: "limits.jsonDepth", summary: "levels of nested JSON",
      field: .count(\.jsonDepth, 8...512)),
    BoundedSetting(
      name: "limits.connections", summary: "client connections at once",
      field: .count(\.connections, 1...1_000_000)),
    BoundedSetting(
      name: "limits.streamsPerPrincipal", summary: "open streams of one user or key holder",
      field: .count(\.streamsPerPrincipal, 1...100_000)),
    BoundedSetting(
      name: "limits.sessionsPerPrincipal", summary: "sessions of one user or key holder in memory",
      field: .count(\.sessionsPerPrincipal, 1...1_000_000)),
    BoundedSetting(
      name: "limits.headerTimeout", summary: "time for a request's headers to arrive",
      field: .time(\.headerTimeout, .milliseconds(100) ... .seconds(3_600))),
    BoundedSetting(
      name: "limits.bodyTimeout", summary: "time for a request's body to arrive",
      field: .time(\.bodyTimeout, .milliseconds(100) ... .seconds(3_600))),
    BoundedSetting(
      name: "limits.idleTimeout", summary: "time between two requests of a connection",
      field: .time(\.idleTimeout, .milliseconds(100) ... .seconds(86_400))),
    BoundedSetting(
      name: "limits.firstByteTimeout", summary: "time for a backend's answer to begin",
      field: .time(\.firstByteTimeout, .milliseconds(10) ... .seconds(86_400))),
    BoundedSetting(
      name: "limits.catalogDeadline", summary: "time that lists wait for catalogs",
      field: .time(\.catalogDeadline, .zero ... .seconds(60))),
    BoundedSetting(
      name: "limits.catalogGrace", summary: "time that the lists of a backend that is down stay",
      field: .time(\.catalogGrace, .zero ... .seconds(86_400))),
    BoundedSetting(
      name: "limits.pageItems", summary: "items on one page of a list",
      field: .count(\.pageItems, 1...1_000_000)),
    BoundedSetting(
      name: "limits.drainTimeout", summary: "time for calls under way to end at SIGTERM",
      field: .time(\.drainTimeout, .zero ... .seconds(3_600))),
    BoundedSetting(
      name: "bridge.parkedCalls", summary: "calls that wait for a client's input",
      field: .count(\.parkedCalls, 0...100_000)),
    BoundedSetting(
      name: "bridge.parkedTime", summary: "time that a call waits for a client's input",
      field: .time(\.parkedTime, .seconds(1) ... .seconds(86_400))),
    BoundedSetting(
      name: "sessions.lifetime", summary: "age of a legacy session",
      field: .time(\.sessionLifetime, .seconds(60) ... .seconds(365 * 86_400))),
  ]
}
