/// A value with secrets in it. However it is printed, alone or inside of others, it is its type's name:
/// a library may well log what it is handed.
public protocol SecretHolder: CustomStringConvertible, CustomReflectable {}

extension SecretHolder {
  /// The type's name.
  public var description: String { "\(Self.self)" }
  /// Nothing of what is in it.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
