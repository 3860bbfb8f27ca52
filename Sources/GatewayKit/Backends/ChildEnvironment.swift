import Foundation

/// The variables that a stdio child gets: a few of the gateway's own, and what its configuration
/// says. The gateway's keys are in its environment, and no child needs those.
enum ChildEnvironment {
  private static let inherited = [
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME", "SHELL",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
  ]

  static func variables(adding configured: [String: String]) -> [String: String] {
    let own = ProcessInfo.processInfo.environment
    let kept = own.filter { inherited.contains($0.key) || $0.key.hasPrefix("LC_") }
    return kept.merging(configured) { _, new in new }
  }
}
