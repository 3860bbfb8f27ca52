/// A header field that the gateway sends to an HTTP backend, as the configuration says.
public struct BackendHeader: Sendable, Equatable, SecretHolder {
  /// The field's name, in the spelling of the file.
  public let name: String
  /// The field's value, variables filled in. Often a secret: never printed.
  public let value: String

  /// A field of this name and value. Neither is checked here.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
