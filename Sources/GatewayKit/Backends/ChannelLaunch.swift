/// How a channel that carries all messages of its clients is opened.
enum ChannelLaunch: Sendable {
  /// A process, on its standard input and output.
  case process(ChildLaunch)
  /// A connection of the HTTP+SSE transport.
  case eventStream(EventStreamLaunch)

  /// That the `most` of them that sessions may have for themselves are taken.
  func inUse(_ most: Int) -> String {
    let (one, many) =
      switch self {
      case .process: ("process", "processes")
      case .eventStream: ("connection", "connections")
      }
    return most == 1
      ? "the one \(one) that its sessions may have is in use"
      : "all \(most) \(many) that its sessions may have are in use"
  }

  /// Whether it can speak the legacy era alone.
  var isLegacyOnly: Bool {
    if case .eventStream = self { true } else { false }
  }
}
