import Logging
import UnixSignals

/// Reads the configuration again, on SIGHUP and once its file has changed, and gives the backends
/// what it says. A wrong one leaves the old one in force (DESIGN §10).
struct ConfigurationReloader: Sendable {
  /// How often the file is looked at. Looking follows symbolic links and works on every file
  /// system, which watching does not; nobody waits for it.
  static let interval = Duration.seconds(1)

  private let first: GatewayConfiguration
  private let reload: GatewayServer.Reload
  private let parts: GatewayParts
  private let logger: Logger

  init(
    _ first: GatewayConfiguration, _ reload: @escaping GatewayServer.Reload, _ parts: GatewayParts,
    _ logger: Logger
  ) {
    self.first = first
    self.reload = reload
    self.parts = parts
    self.logger = logger
  }

  /// Until it is cancelled. One reading at a time, whatever asks for it.
  func run() async {
    let (asks, ask) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup { group in
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sighup) { ask.yield() }
      }
      group.addTask { await watch { ask.yield() } }
      group.addTask {
        for await _ in asks { await take() }
      }
    }
  }

  // MARK: The file

  /// Says when the file is another than it was, and has been the same twice in a row: an editor that
  /// writes in place is not read in the middle.
  private func watch(_ changed: () -> Void) async {
    // What has come since the first reading is news too.
    var known = first.sourceSignature
    var last = known
    while (try? await Task.sleep(for: Self.interval)) != nil {
      let now = signature
      defer { last = now }
      guard now != known, now == last else { continue }
      known = now
      if now == nil {
        if let warning = parts.outcome.gone() { logger.warning("\(warning)") }
      } else {
        changed()
      }
    }
  }

  /// Where no file was found, one may come.
  private var signature: FileSignature? {
    guard let file = first.sourceFile else {
      return first.searchedFiles.lazy.compactMap { FileSignature(path: $0) }.first
    }
    return FileSignature(path: file)
  }

  // MARK: Taking it

  private func take() async {
    do {
      let new = try reload()
      if new.sourceFile == nil, let gone = first.sourceFile {
        throw ConfigurationError.missing(path: gone, namedBy: .default)
      }
      await parts.backends.apply(new.backends)
      let warnings = new.warnings + unapplied(new)
      parts.outcome.taken(file: new.sourceFile, warnings: warnings)
      record(.configurationTaken, [])
      let count = new.backends.count
      logger.notice(
        "the configuration was read again: \(count) \(count == 1 ? "backend" : "backends")")
      for warning in warnings { logger.warning("\(warning)") }
    } catch {
      parts.outcome.refused("\(error)")
      record(.configurationRefused, [("reason", .string("\(error)"))])
      logger.error("the configuration was not taken, the old one goes on: \(error)")
    }
  }

  private func record(_ event: AuditEvent, _ members: [(key: String, value: JSONValue)]) {
    let server = parts.server
    server.activity?.append(AuditEntry(event, generation: server.store.generation, members))
  }

  /// What only a start takes.
  private func unapplied(_ new: GatewayConfiguration) -> [String] {
    let old = Dictionary(first.provenance.map { ($0.name, $0.value) }) { first, _ in first }
    return new.provenance.filter { $0.name != "config" && old[$0.name] != $0.value }.map {
      "\($0.name) is now \($0.value) in the configuration, which takes effect at the next start"
    }
  }
}
