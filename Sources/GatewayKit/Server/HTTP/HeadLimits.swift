/// How large a head may be.
package struct HeadLimits: Sendable {
  /// Bytes of the whole head, the first line and the blank line with it.
  package var bytes: Int
  /// Header lines.
  package var lines: Int

  package init(bytes: Int = 16_384, lines: Int = 100) {
    self.bytes = bytes
    self.lines = lines
  }
}

/// What became of reading a head.
package enum HeadResult<Head> {
  /// The head is not all there yet.
  case incomplete
  case head(Head)
  /// It is refused and its connection closed: the status to answer with, and a phrase that says why.
  case refused(status: Int, reason: String)
}

/// How a message's body is framed (RFC 9112, section 6).
package enum BodyFraming: Equatable, Sendable {
  case none
  case length(Int)
  case chunked
  /// Up to the end of the connection; only a response can be that.
  case untilClose
}
