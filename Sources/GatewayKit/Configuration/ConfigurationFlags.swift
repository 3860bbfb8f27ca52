/// What a command line says about the configuration. Everything unsaid is nil.
public struct ConfigurationFlags: Sendable, Equatable {
  /// `--config`: the file to read.
  public var config: String?
  /// `--listen`: `HOST:PORT`.
  public var listen: String?
  /// `--users-db`: the store's path.
  public var usersDB: String?
  /// `--admin-socket`: a path, or `off`.
  public var adminSocket: String?
  /// `--demo`: the demo's backends and its store, and no configuration file.
  public var demo = false

  /// Nothing said.
  public init() {}
}
