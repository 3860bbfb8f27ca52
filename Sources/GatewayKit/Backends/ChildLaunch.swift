/// What a stdio child is started with.
struct ChildLaunch: Sendable, SecretHolder {
  /// A path, or a name that is looked up in `PATH`. No shell is involved.
  let command: String
  let arguments: [String]
  /// Added to the few variables that every child gets.
  let environment: [String: String]
  /// Nil: the gateway's own.
  let directory: String?
}
