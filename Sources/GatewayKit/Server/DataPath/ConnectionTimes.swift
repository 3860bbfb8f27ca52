import NIOCore

/// The time limits of a client's connection, as the event loop counts time.
struct ConnectionTimes {
  let header: TimeAmount
  let body: TimeAmount
  let idle: TimeAmount

  init(_ limits: Limits) {
    header = TimeAmount(limits.headerTimeout)
    body = TimeAmount(limits.bodyTimeout)
    idle = TimeAmount(limits.idleTimeout)
  }
}
