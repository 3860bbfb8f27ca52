/// Why there is no configuration to go by. Each prints one sentence: where, what, what to do.
public enum ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file that a flag or a variable names is not there.
  case missing(path: String, namedBy: SettingOrigin)
  /// A file is there and cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is not JSON with comments.
  case syntax(FilePlace, reason: String)
  /// The file has a shape that no configuration has.
  case shape(FilePlace, problem: String)
  /// A value that its setting does not take.
  case invalid(setting: String, SettingOrigin, problem: String)
  /// A member of `gateway` that does not exist.
  case unknownMember(FilePlace, name: String, nearest: String?)
  /// A backend that cannot be understood.
  case backend(FilePlace, name: String, problem: String)
  /// A secret of the environment that protects nothing.
  case weakSecret(problem: String)
  /// What `--demo` does not go together with.
  case demo(problem: String)

  public var description: String {
    switch self {
    case .missing(let path, let origin):
      "The configuration file \(path), named by \(origin), does not exist; create it or name another."
    case .unreadable(let path, let reason):
      "The configuration file \(path) cannot be read: \(reason)."
    case .syntax(let place, let reason):
      "\(place): this is not JSON (comments are allowed): \(reason)."
    case .shape(let place, let problem):
      "\(place): \(problem)."
    case .invalid(let setting, let origin, let problem):
      "\(origin): \(Self.prefixed(setting)) \(problem)."
    case .unknownMember(let place, let name, let nearest?):
      "\(place): gateway.\(name) is not a setting; did you mean gateway.\(nearest)?"
    case .unknownMember(let place, let name, nil):
      "\(place): gateway.\(name) is not a setting; docs/configuration.md lists them all."
    case .backend(let place, let name, let problem):
      "\(place): backend \"\(name)\" \(problem)."
    case .weakSecret(let problem), .demo(let problem):
      "\(problem)."
    }
  }

  /// The file and line it is about, where it is about one.
  public var place: FilePlace? {
    switch self {
    case .syntax(let place, _), .shape(let place, _), .unknownMember(let place, _, _),
      .backend(let place, _, _), .invalid(_, .file(let place), _):
      place
    default: nil
    }
  }

  /// A word for scripts.
  public var code: String {
    switch self {
    case .missing: "config_missing"
    case .unreadable: "config_unreadable"
    case .syntax: "config_syntax"
    case .weakSecret: "weak_secret"
    case .invalid(_, .flag, _), .demo: "usage"
    default: "config_invalid"
    }
  }

  /// What a command that meets it exits with: 3 a missing file, 2 a wrong flag, else 1.
  public var exitCode: Int32 {
    switch self {
    case .missing: 3
    case .invalid(_, .flag, _), .demo: 2
    default: 1
    }
  }

  /// Whether the file is to blame, so that what flags and variables say is good without it.
  package var blamesFile: Bool {
    switch self {
    case .missing, .unreadable, .syntax, .shape, .unknownMember, .backend, .invalid(_, .file, _):
      true
    case .invalid, .weakSecret, .demo: false
    }
  }

  private static func prefixed(_ setting: String) -> String { "gateway.\(setting)" }
}
