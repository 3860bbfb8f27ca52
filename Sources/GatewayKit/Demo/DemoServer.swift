import Glibc

/// A small MCP server with made-up data that ships in the binary, so that a gateway can be tried
/// before anything is configured.
///
/// Each speaks every protocol version of `ProtocolVersion` over stdio, both eras at once
/// (2026-07-28, Versioning, "A dual-era server MAY serve both eras concurrently"). The data are
/// constants: a call changes nothing, and equal calls give equal answers.
public enum DemoServer {
  /// The names that ``run(named:)`` takes, in the order in which they are shown.
  public static let names: [String] = descriptions.map(\.name)

  static let descriptions: [DemoDescription] = [.erpnext, .wave, .truenas, .homeassistant]

  /// Serves newline-delimited JSON-RPC on standard input and output until the input ends.
  ///
  /// - Throws: ``DemoServerError/unknown(_:)`` for a name that is not in ``names``.
  public static func run(named name: String) async throws {
    // A client that went away is an end of file to us, not a signal.
    _ = signal(SIGPIPE, SIG_IGN)
    try await run(named: name, input: STDIN_FILENO, output: STDOUT_FILENO)
  }

  /// The same over any two descriptors, which stay the caller's to close.
  package static func run(named name: String, input: Int32, output: Int32) async throws {
    guard let description = descriptions.first(where: { $0.name == name }) else {
      throw DemoServerError.unknown(name)
    }
    let conversation = DemoConversation(with: description, output: DemoOutput(descriptor: output))
    for await line in DemoInput.lines(of: input) {
      await conversation.receive(line)
    }
    await conversation.end()
  }
}
