import Glibc
import Testing

@testable import GatewayKit

/// A gateway that runs while commands look at it.
@Suite struct ServingTests {
  @Test func statusAndBackendsShowTheRunningGateway() throws {
    let folder = try ConfigurationFolder()
    let pid = try CommandServer.start(["--demo", "--listen", "127.0.0.1:0"], in: folder)
    defer { CommandServer.stop(pid) }
    var status = try CommandRun(["status", "--demo", "--json"], in: folder)
    for _ in 0..<100
    where status.json?["backends"]?.arrayValue?.allSatisfy({ $0["state"] == "up" }) != true {
      usleep(100_000)
      status = try CommandRun(["status", "--demo", "--json"], in: folder)
    }
    #expect(status.exitCode == 0, "\(status.errors)")
    #expect(status.json?["demo"]?.boolValue == true)
    #expect(status.json?["version"]?.stringValue == GatewayVersion.text)
    #expect(status.json?["store"]?["path"]?.stringValue == "\(folder.path)/data-demo/users.json")
    let text = try CommandRun(["status", "--demo"], in: folder)
    #expect(text.exitCode == 0)
    #expect(text.output.contains("homeassistant"))
    #expect(text.output.contains("nothing here is real"))
    let list = try CommandRun(["backends", "list", "--demo", "--json"], in: folder)
    #expect(list.json?["running"]?.boolValue == true)
    #expect(
      list.json?["backends"]?.arrayValue?.allSatisfy { $0["live"]?["state"]?.stringValue == "up" }
        == true, "\(list.output)")
  }

  @Test func aSecondGatewayOnTheSameStoreDoesNotStart() throws {
    let folder = try ConfigurationFolder()
    let pid = try CommandServer.start(["--demo", "--listen", "127.0.0.1:0"], in: folder)
    defer { CommandServer.stop(pid) }
    let second = try CommandRun(["serve", "--demo", "--listen", "127.0.0.1:0"], in: folder)
    #expect(second.exitCode == 1)
    #expect(second.errors.contains("gateway.sock"), "\(second.errors)")
  }

  @Test func anAddressThatIsTakenOrNotOursIsNamedWithTheCure() throws {
    let folder = try ConfigurationFolder()
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout.size(ofValue: address))
    let port = try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        try #require(bind(socket, address, length) == 0 && listen(socket, 1) == 0)
        try #require(getsockname(socket, address, &length) == 0)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    let taken = try CommandRun(["serve", "--listen", "127.0.0.1:\(port)"], in: folder)
    #expect(taken.exitCode == 1)
    #expect(
      taken.errors.contains(
        "127.0.0.1:\(port) is in use by another program: stop that, or choose another address"),
      "\(taken.errors)")
    // RFC 5737: no machine has this address.
    let foreign = try CommandRun(["serve", "--listen", "192.0.2.1:0"], in: folder)
    #expect(foreign.exitCode == 1)
    #expect(
      foreign.errors.contains(
        "Cannot listen on 192.0.2.1:0: this machine does not have that address. Choose one"),
      "\(foreign.errors)")
    // RFC 6761: nobody has such a name.
    let unknown = try CommandRun(["serve", "--listen", "nobody.invalid:0"], in: folder)
    #expect(
      unknown.errors.contains(
        "Cannot listen on nobody.invalid:0: no address is known for the name nobody.invalid. Write"),
      "\(unknown.errors)")
  }

  /// systemd is told by contrib/gateway.service with which exit status not to start it again.
  @Test func aWrongConfigurationExitsWithTheStatusThatTheServiceIsNotStartedAgainFor() throws {
    let unit = try ConfigurationFolder.text(of: Place.package.path + "/contrib/gateway.service")
    let line = try #require(
      unit.split(separator: "\n").first { $0.hasPrefix("RestartPreventExitStatus=") })
    let status = try #require(Int32(line.split(separator: "=")[1]))
    let folder = try ConfigurationFolder()
    for text in ["{{", #"{"gateway": {"lisen": "127.0.0.1:0"}}"#, #"{"gateway": {"listen": "x"}}"#]
    {
      try folder.write("gateway.json", text)
      #expect(try CommandRun(["serve"], in: folder).exitCode == status, "\(text)")
    }
    let missing = try CommandRun(["serve", "--config", "gone.json"], in: folder)
    #expect(missing.exitCode == status)
    try folder.write("gateway.json", "{}")
    folder.environment["STATIC_API_KEY"] = "short"
    #expect(try CommandRun(["serve"], in: folder).exitCode == status)
    folder.environment["STATIC_API_KEY"] = nil
    try folder.write("data/admin.key", "short\n")
    chmod("\(folder.path)/data/admin.key", 0o600)
    let weak = try CommandRun(["serve", "--listen", "127.0.0.1:0"], in: folder)
    #expect(weak.exitCode == status)
    #expect(weak.errors.contains("shorter than 16"), "\(weak.errors)")
    unlink("\(folder.path)/data/admin.key")
    // What may be another the next time is tried again.
    let foreign = try CommandRun(["serve", "--listen", "192.0.2.1:0"], in: folder)
    #expect(foreign.exitCode == 1)
  }

  @Test func wrongFlagsKeepItFromStarting() throws {
    let folder = try ConfigurationFolder()
    let offLoopback = try CommandRun(["serve", "--demo", "--listen", "0.0.0.0:0"], in: folder)
    #expect(offLoopback.exitCode == 2)
    #expect(offLoopback.errors.contains("--demo listens on this machine only"))
    folder.environment["ADMIN_API_KEY"] = "short"
    let weak = try CommandRun(["serve", "--listen", "127.0.0.1:0"], in: folder)
    #expect(weak.exitCode == 2)
    #expect(weak.errors.contains("ADMIN_API_KEY is shorter than 16"))
    #expect(!folder.holds("data"))
  }
}
