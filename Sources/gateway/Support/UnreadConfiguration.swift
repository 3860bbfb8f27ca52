import FoundationEssentials
import GatewayKit
import Synchronization

/// A command goes on without a configuration file that cannot be read where somebody else says what it
/// needs: a leaked key is to be revoked also while a mistake stands in gateway.json. What only the
/// file could have said is never guessed.
extension CommonOptions {
  enum Need {
    /// The store, and the log beside it.
    case store
    /// The socket of the running gateway.
    case gateway
  }

  /// What all programs go by; without the file, and with a warning, where that is wrong and flags or
  /// variables say what is needed. A gateway that answers where it would by default says it too.
  func configuration(for need: Need) throws -> GatewayConfiguration {
    do throws(ConfigurationError) {
      return try configuration()
    } catch {
      guard error.blamesFile else { throw error }
      return try configuration(for: need, without: error)
    }
  }

  private func configuration(
    for need: Need, without error: ConfigurationError
  ) throws -> GatewayConfiguration {
    var configuration = try GatewayConfiguration.loadWithoutFile(
      because: error, flags: flags, environment: ProcessInfo.processInfo.environment,
      directory: FileManager.default.currentDirectoryPath)
    let running = try? GatewaySocket(configuration).get("/status")
    let runningStore = running?["store"]?["path"]?.stringValue
    let isStoreTold = Self.isTold("store", configuration)
    let found = "\(error) This command goes on without that file"
    switch need {
    case .store:
      guard isStoreTold else {
        throw CommandFailure(
          error, advice: "To go on without that file, add --users-db \(runningStore ?? "PATH").")
      }
      if let running, runningStore == configuration.storePath {
        configuration.audit.path = running["audit"]?["path"]?.stringValue
        configuration.audit.isOn = configuration.audit.path != nil
      }
      let log = configuration.audit.isOn ? configuration.auditPath : "none"
      UnreadFile.warn(
        error.code,
        "\(found), on the store \(configuration.storePath) and the audit log \(log).")
    case .gateway:
      guard isStoreTold || running != nil || Self.isTold("adminSocket", configuration) else {
        throw CommandFailure(
          error,
          advice: "To go on without that file, add --users-db PATH, the running gateway's store, "
            + "or set GATEWAY_SOCKET.")
      }
      UnreadFile.warn(
        error.code, "\(found), and asks the gateway at \(configuration.adminSocket ?? "no socket")."
      )
    }
    return configuration
  }

  private static func isTold(_ setting: String, _ configuration: GatewayConfiguration) -> Bool {
    configuration.origin(of: setting).map { $0 != .default } ?? false
  }
}

/// Tells of the file that was left aside, once a command.
private enum UnreadFile {
  private static let wasTold = Mutex(false)

  static func warn(_ code: String, _ text: String) {
    let isFirst = wasTold.withLock { wasTold in
      defer { wasTold = true }
      return !wasTold
    }
    guard isFirst else { return }
    guard Output.wantsJSON else {
      return Output.complain("warning: \(TerminalText.line(text))", prefixed: true)
    }
    Output.complain(
      TerminalText.json(["warning": .string(code), "message": .string(text)]), prefixed: false)
  }
}
