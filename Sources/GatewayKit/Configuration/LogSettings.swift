import Logging

/// How the running gateway tells on standard error what happens.
public struct LogSettings: Sendable, Equatable {
  /// What a line looks like.
  public enum Format: String, Sendable, CaseIterable {
    /// Text where standard error is a terminal, JSON everywhere else.
    case auto
    /// A line for people.
    case text
    /// One JSON object a line.
    case json
  }

  /// What a line looks like.
  public var format = Format.auto
  /// The least that is told. Each request is told at debug.
  public var level = Logger.Level.info

  /// The defaults.
  public init() {}
}
