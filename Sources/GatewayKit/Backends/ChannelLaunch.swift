/// How a channel that carries all messages of its clients is opened.
enum ChannelLaunch: Sendable {
  /// A process, on its standard input and output.
  case process(ChildLaunch)
  /// A connection of the HTTP+SSE transport.
  case eventStream(EventStreamLaunch)

  /// Whether it can speak the legacy era alone.
  var isLegacyOnly: Bool {
    if case .eventStream = self { true } else { false }
  }
}
