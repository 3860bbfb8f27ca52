import CoreMetrics
import Synchronization

/// What the gateway counts for Prometheus, through swift-metrics. Fed with what the event loops have
/// counted already: it costs calls nothing.
final class GatewayMetrics: Sendable {
  private static let help = [
    "mcp_gateway_calls_total":
      "Calls by backend and how they ended: ok, error, or denied by the access lists.",
    "mcp_gateway_call_duration_seconds": "How long calls took, by backend.",
    "mcp_gateway_call_bytes_total": "Bytes of calls (in) and of their answers (out), by backend.",
    "mcp_gateway_user_calls_total": "Calls that were let through, by user.",
    "mcp_gateway_auth_refusals_total": "Refused credentials, by reason.",
  ]

  let registry = PrometheusRegistry(help: help)
  /// Whether users are a label too.
  private let tellsUsers: Bool

  init(tellsUsers: Bool) { self.tellsUsers = tellsUsers }

  private func count(_ name: String, _ labels: [(String, String)], _ amount: UInt64) {
    guard amount > 0 else { return }
    Counter(label: name, dimensions: labels, factory: registry).increment(by: amount)
  }

  func take(_ delta: UsageDelta) {
    for part in delta.parts {
      let counts = part.counts
      let backend = ("backend", part.backend)
      count(
        "mcp_gateway_calls_total", [backend, ("outcome", "ok")], counts.calls - counts.errors)
      count("mcp_gateway_calls_total", [backend, ("outcome", "error")], counts.errors)
      count("mcp_gateway_calls_total", [backend, ("outcome", "denied")], counts.denials)
      count("mcp_gateway_call_bytes_total", [backend, ("direction", "in")], counts.bytesIn)
      count("mcp_gateway_call_bytes_total", [backend, ("direction", "out")], counts.bytesOut)
      if tellsUsers {
        let user = part.user.isEmpty ? part.key : part.user
        count("mcp_gateway_user_calls_total", [("user", user)], counts.calls)
      }
      let timer = CoreMetrics.Timer(
        label: "mcp_gateway_call_duration_seconds", dimensions: [backend], factory: registry)
      for entry in part.latency.entries {
        let nanoseconds = LatencyHistogram.microseconds(of: entry.slot) * 1000
        for _ in 0..<entry.count { timer.recordNanoseconds(Int64(nanoseconds)) }
      }
    }
  }

  func count(_ refusal: AuthRefusal) {
    count("mcp_gateway_auth_refusals_total", [("reason", refusal.reason)], 1)
  }
}
