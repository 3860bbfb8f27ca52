extension Limits {
  /// One limit: its name in the configuration, its bounds, and where its value stands.
  package struct Row: Sendable {
    /// The member inside `gateway`, such as `limits.bodyBytes`.
    package let name: String
    /// What it bounds, as a phrase that can follow "more than".
    package let summary: String
    package let field: Field

    /// Where the value stands, its unit, and what it may be.
    package enum Field: Sendable {
      case count(WritableKeyPath<Limits, Int> & Sendable, ClosedRange<Int>)
      case bytes(WritableKeyPath<Limits, Int> & Sendable, ClosedRange<Int>)
      case time(WritableKeyPath<Limits, Duration> & Sendable, ClosedRange<Duration>)
    }

    /// The value in `limits`, as people read it: `16 KiB`, `10 s`, `256`.
    package func text(in limits: Limits) -> String {
      switch field {
      case .count(let path, _): "\(limits[keyPath: path])"
      case .bytes(let path, _): ByteSize.text(limits[keyPath: path])
      case .time(let path, _): DurationText.text(limits[keyPath: path])
      }
    }

    /// The value in `limits` as a number: a count, bytes, or milliseconds.
    package func number(in limits: Limits) -> Int {
      switch field {
      case .count(let path, _), .bytes(let path, _): limits[keyPath: path]
      case .time(let path, _): Int(limits[keyPath: path].milliseconds)
      }
    }

    /// `count`, `bytes` or `milliseconds`: the unit of ``number(in:)``.
    package var unit: String {
      switch field {
      case .count: "count"
      case .bytes: "bytes"
      case .time: "milliseconds"
      }
    }
  }

  /// Every limit, in the order that `config check` prints.
  package static let table: [Row] = [
    Row(
      name: "limits.headerBytes", summary: "bytes of a request's line and headers",
      field: .bytes(\.headerBytes, 1_024...1_048_576)),
    Row(
      name: "limits.headerLines", summary: "header lines of a request",
      field: .count(\.headerLines, 8...1_000)),
    Row(
      name: "limits.bodyBytes", summary: "bytes of a request's body",
      field: .bytes(\.bodyBytes, 1_024...1_073_741_824)),
    Row(
      name: "limits.jsonDepth", summary: "levels of nested JSON",
      field: .count(\.jsonDepth, 8...512)),
    Row(
      name: "limits.connections", summary: "client connections at once",
      field: .count(\.connections, 1...1_000_000)),
    Row(
      name: "limits.streamsPerPrincipal", summary: "open streams of one user or key holder",
      field: .count(\.streamsPerPrincipal, 1...100_000)),
    Row(
      name: "limits.sessionsPerPrincipal", summary: "sessions of one user or key holder in memory",
      field: .count(\.sessionsPerPrincipal, 1...1_000_000)),
    Row(
      name: "limits.headerTimeout", summary: "time for a request's headers to arrive",
      field: .time(\.headerTimeout, .milliseconds(100) ... .seconds(3_600))),
    Row(
      name: "limits.bodyTimeout", summary: "time for a request's body to arrive",
      field: .time(\.bodyTimeout, .milliseconds(100) ... .seconds(3_600))),
    Row(
      name: "limits.idleTimeout", summary: "time between two requests of a connection",
      field: .time(\.idleTimeout, .milliseconds(100) ... .seconds(86_400))),
    Row(
      name: "limits.firstByteTimeout", summary: "time for a backend's answer to begin",
      field: .time(\.firstByteTimeout, .milliseconds(10) ... .seconds(86_400))),
    Row(
      name: "limits.catalogDeadline", summary: "time that lists wait for catalogs",
      field: .time(\.catalogDeadline, .zero ... .seconds(60))),
    Row(
      name: "limits.drainTimeout", summary: "time for calls under way to end at SIGTERM",
      field: .time(\.drainTimeout, .zero ... .seconds(3_600))),
    Row(
      name: "sessions.lifetime", summary: "age of a legacy session",
      field: .time(\.sessionLifetime, .seconds(60) ... .seconds(365 * 86_400))),
  ]
}
