/// Why a demo server did not start.
public enum DemoServerError: Error, Equatable, CustomStringConvertible {
  /// There is no demo server of this name.
  case unknown(String)

  public var description: String {
    switch self {
    case .unknown(let name):
      """
      There is no demo server named "\(name)". Use one of: \
      \(DemoServer.names.joined(separator: ", ")).
      """
    }
  }
}
