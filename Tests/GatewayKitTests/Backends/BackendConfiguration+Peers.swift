@testable import GatewayKit

extension BackendConfiguration {
  /// `Tests/Peers/child.py`, a stdio server that does wrong on purpose.
  static func child(
    _ options: String..., environment: [String: String] = [:],
    timeout: Duration = .seconds(20)
  ) throws -> BackendConfiguration {
    var configuration = BackendConfiguration(
      name: "child",
      transport: .stdio(
        command: try Place.python, arguments: [Place.peer("child.py")] + options,
        environment: environment, directory: nil))
    configuration.timeout = timeout
    return configuration
  }

  /// `Tests/Peers/server.py`, the official SDK's server, over stdio.
  static func sdkChild(eras: String) throws -> BackendConfiguration {
    BackendConfiguration(
      name: "sdk",
      transport: .stdio(
        command: try Place.python,
        arguments: [Place.peer("server.py"), "--transport", "stdio", "--eras", eras],
        environment: [:], directory: nil))
  }

  static func http(
    _ url: String, name: String = "http", headers: [BackendHeader] = [],
    timeout: Duration = .seconds(20)
  ) throws -> BackendConfiguration {
    var configuration = BackendConfiguration(
      name: name, transport: .http(url: try BackendURL(url), headers: headers))
    configuration.timeout = timeout
    return configuration
  }
}
