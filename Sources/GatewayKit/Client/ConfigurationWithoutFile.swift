import Glibc

/// What is known of a configuration whose file cannot be read, for who can go on without it: a leaked
/// key is to be revoked also while a mistake stands in gateway.json. What only the file could have
/// said is never guessed.
package struct ConfigurationWithoutFile {
  package private(set) var configuration: GatewayConfiguration
  package let error: ConfigurationError
  /// What a gateway says of itself that answers at the configuration's socket.
  private let running: JSONValue?

  /// - Throws: the error itself where not the file is to blame, or what else is wrong.
  package init(
    because error: ConfigurationError, flags: ConfigurationFlags, environment: [String: String],
    directory: String
  ) throws(ConfigurationError) {
    guard error.blamesFile else { throw error }
    self.error = error
    configuration = try .loadWithoutFile(
      because: error, flags: flags, environment: environment, directory: directory)
    running = try? GatewaySocket(configuration).get("/status")
    // Changes belong into the log that its gateway keeps, wherever the file had that.
    if isServed {
      configuration.audit.path = running?["audit"]?["path"]?.stringValue
      configuration.audit.isOn = configuration.audit.path != nil
    }
  }

  private var runningStore: String? { running?["store"]?["path"]?.stringValue }

  /// Whether the gateway that answers serves this store.
  private var isServed: Bool { runningStore == configuration.storePath }

  private func isTold(_ setting: String) -> Bool {
    configuration.origin(of: setting).map { $0 != .default } ?? false
  }

  /// Whether a flag or a variable names the store, and its log is known: changes must not begin another.
  package var hasStore: Bool {
    isTold("store") && (isServed || access(configuration.auditPath, F_OK) == 0)
  }

  /// Whether somebody says where the running gateway is asked, if only by answering there.
  package var hasGateway: Bool { isTold("store") || running != nil || isTold("adminSocket") }

  /// What to do where nobody names the store or its log.
  package var storeAdvice: String {
    guard isTold("store") else {
      return "To go on without that file, add --users-db \(runningStore ?? "PATH")."
    }
    return
      "Without that file nobody can say where the audit log is: there is none at \(configuration.auditPath), and no gateway answers that serves this store. Mend the file first."
  }

  package var gatewayAdvice: String {
    "To go on without that file, add --users-db PATH, the running gateway's store, or set GATEWAY_SOCKET."
  }

  /// What is used instead.
  package var storeWarning: String {
    let log = configuration.audit.isOn ? configuration.auditPath : "none"
    return
      "\(error) This goes on without that file, on the store \(configuration.storePath) and the audit log \(log)."
  }

  package var gatewayWarning: String {
    "\(error) This goes on without that file, and asks the gateway at \(configuration.adminSocket ?? "no socket")."
  }
}
