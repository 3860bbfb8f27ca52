import Testing

/// Backends as they are met: real processes and real connections. One test at a time, because some
/// look at how long things take.
@Suite("Backends", .serialized, .timeLimit(.minutes(5)))
struct BackendTests {}
