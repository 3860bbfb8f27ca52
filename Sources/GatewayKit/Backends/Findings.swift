/// What a probe of a backend found out, and its catalog.
struct Findings: Sendable {
  /// The eras that are proved.
  var eras: Set<ProtocolVersion.Era>
  var versions: [String]
  /// Whether it answers legacy clients without a session of its own.
  var isSessionless = false
  var catalog: Catalog
  /// What was left out of the catalog, and why.
  var warnings: [String] = []
}
