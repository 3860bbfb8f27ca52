import Testing

/// The real programs together: `gateway serve`, the `gateway` command, the official MCP SDK as
/// client and as backend. One at a time, because they count what happens.
@Suite("End to end", .serialized, .timeLimit(.minutes(5)))
struct EndToEndTests {}
