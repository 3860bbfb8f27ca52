import Glibc

/// The answer of `GET /metrics`: what was counted, and the state of this moment.
struct MetricsPage {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private var text = PrometheusText()

  static func text(_ status: GatewayStatus, _ metrics: GatewayMetrics) -> String {
    var page = MetricsPage()
    page.writeProcess()
    page.writeGateway(status)
    page.writeBackends(status.backends)
    metrics.registry.write(to: &page.text)
    return page.text.text
  }

  private mutating func writeGateway(_ status: GatewayStatus) {
    text.begin("mcp_gateway_build_info", .gauge, help: "Always 1; the label says which version.")
    text.sample("mcp_gateway_build_info", [("version", status.version)], 1)
    text.gauge("mcp_gateway_connections", help: "Open client connections.", status.connections)
    text.gauge("mcp_gateway_streams", help: "Open event streams of clients.", status.streams)
    text.gauge(
      "mcp_gateway_sessions", help: "Sessions of legacy clients in memory.", status.sessions)
    text.gauge(
      "mcp_gateway_store_generation", help: "How often the store was written.",
      status.store.generation)
    text.gauge(
      "mcp_gateway_store_readable", help: "1 while the users' file can be read.",
      status.store.state == "ok" ? 1 : 0)
    if let audit = status.audit {
      text.gauge(
        "mcp_gateway_audit_sequence", help: "The number of the audit log's newest line.",
        audit.sequence ?? 0)
      text.gauge(
        "mcp_gateway_audit_writable", help: "1 while the audit log can be written.",
        audit.error == nil ? 1 : 0)
    }
    text.gauge(
      "mcp_gateway_warnings", help: "What gateway status warns of.", status.warnings.count)
  }

  private mutating func writeBackends(_ backends: [GatewayStatus.Backend]) {
    func each(
      _ name: String, _ help: String, _ kind: PrometheusText.Kind = .gauge,
      _ value: (GatewayStatus.Backend) -> Int?
    ) {
      text.begin(name, kind, help: help)
      for backend in backends {
        guard let value = value(backend) else { continue }
        text.sample(name, [("backend", backend.name)], value)
      }
    }
    each("mcp_gateway_backend_up", "1 while the backend takes calls.") { $0.state == "up" ? 1 : 0 }
    each("mcp_gateway_backend_in_flight", "Calls that the backend works on.") { $0.inFlight }
    each("mcp_gateway_backend_tools", "Tools that the backend offers.") { $0.tools }
    each(
      "mcp_gateway_backend_restarts_total",
      "Starts of a stdio backend's process after the first.", .counter
    ) {
      $0.restarts
    }
  }

  /// As every Prometheus client library names them.
  private mutating func writeProcess() {
    guard let stat = PlainFile.fields(of: "/proc/self/stat") else { return }
    let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
    let page = Double(sysconf(Int32(_SC_PAGESIZE)))
    text.begin("process_cpu_seconds_total", .counter, help: "User and system time, in seconds.")
    text.sample("process_cpu_seconds_total", [], (stat[11] + stat[12]) / tick)
    text.begin("process_resident_memory_bytes", .gauge, help: "Resident memory.")
    text.sample("process_resident_memory_bytes", [], stat[21] * page)
    text.begin("process_open_fds", .gauge, help: "Open file descriptors.")
    text.sample("process_open_fds", [], Directory.names(in: "/proc/self/fd")?.count ?? 0)
    if let boot = PlainFile.bootTime {
      text.begin("process_start_time_seconds", .gauge, help: "Start, in seconds since 1970.")
      text.sample("process_start_time_seconds", [], boot + stat[19] / tick)
    }
  }
}

extension PlainFile {
  /// The numbers behind the name in `/proc/PID/stat` (proc(5)): the state's place is 0.
  fileprivate static func fields(of path: String) -> [Double]? {
    guard let bytes = try? read(path), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let text = String(decoding: bytes[(end + 1)...], as: UTF8.self)
    let fields = text.split(separator: " ").map { Double($0) ?? 0 }
    return fields.count > 21 ? fields : nil
  }

  /// In seconds since 1970.
  fileprivate static var bootTime: Double? {
    (try? lines(of: "/proc/stat"))?.first { $0.hasPrefix("btime ") }.flatMap {
      Double($0.dropFirst(6))
    }
  }
}
