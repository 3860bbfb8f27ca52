/// Where an effective value came from, the strongest first.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
  /// A flag of the command line, such as `--listen`.
  case flag(String)
  /// An environment variable.
  case environment(String)
  /// A line of the configuration file.
  case file(FilePlace)
  /// Nobody said anything.
  case `default`

  public var description: String {
    switch self {
    case .flag(let name): name
    case .environment(let name): name
    case .file(let place): place.description
    case .default: "default"
    }
  }

  /// The kind alone: `flag`, `environment`, `file` or `default`.
  public var kind: String {
    switch self {
    case .flag: "flag"
    case .environment: "environment"
    case .file: "file"
    case .default: "default"
    }
  }
}
