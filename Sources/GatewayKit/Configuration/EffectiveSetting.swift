/// One value that is in force, and where it came from: a line of `gateway config check`.
public struct EffectiveSetting: Sendable, Hashable {
  /// The member of `gateway`, such as `limits.bodyBytes`; a variable's name where there is none.
  public let name: String
  /// The value as people read it. Of a secret only that it is set.
  public let value: String
  /// Who said so.
  public let origin: SettingOrigin
}
