import Glibc

extension GatewayConfiguration {
  /// The demo's servers, in the order of every list.
  package static let demoServers: [(name: String, title: String)] = [
    ("erpnext", "ERPNext (demo)"), ("wave", "Wave (demo)"), ("truenas", "TrueNAS (demo)"),
    ("homeassistant", "Home Assistant (demo)"),
  ]

  /// The demo's backends: this very program as four stdio children.
  static func demoBackends() -> [BackendConfiguration] {
    demoServers.map { server in
      var backend = BackendConfiguration(
        name: server.name,
        transport: .stdio(
          command: ownExecutable(), arguments: ["demo-server", server.name], environment: [:],
          directory: nil))
      backend.title = server.title
      return backend
    }
  }

  /// The program that is running, by its path (proc(5), `/proc/self/exe`).
  private static func ownExecutable() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return CommandLine.arguments.first ?? "gateway" }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
