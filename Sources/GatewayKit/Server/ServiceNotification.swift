import Glibc

/// Tells the service manager how far the gateway is (sd_notify(3)), where one asked to be told.
enum ServiceNotification {
  case ready
  case stopping

  func send() {
    guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
      let first = name.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
    else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard name.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: name.utf8)
      // An abstract name begins with a zero byte, which the variable writes as @.
      if first == UInt8(ascii: "@") { path[0] = 0 }
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.utf8.count)
    let text = self == .ready ? "READY=1\n" : "STOPPING=1\n"
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        text.withCString { sendto(descriptor, $0, strlen($0), 0, pointer, length) }
      }
    }
  }
}
