import FoundationEssentials
import GatewayKit
import Synchronization

extension CommonOptions {
  enum Need {
    /// The store, and the log beside it.
    case store
    /// The socket of the running gateway.
    case gateway
  }

  /// What all programs go by; without the file, and with a warning, where that is wrong and somebody
  /// else says what is needed.
  func configuration(for need: Need) throws -> GatewayConfiguration {
    do throws(ConfigurationError) {
      return try configuration()
    } catch {
      let rest = try ConfigurationWithoutFile(
        because: error, flags: flags, environment: ProcessInfo.processInfo.environment,
        directory: FileManager.default.currentDirectoryPath)
      switch need {
      case .store:
        guard rest.hasStore else { throw CommandFailure(error, advice: rest.storeAdvice) }
        UnreadFile.warn(error.code, rest.storeWarning)
      case .gateway:
        guard rest.hasGateway else { throw CommandFailure(error, advice: rest.gatewayAdvice) }
        UnreadFile.warn(error.code, rest.gatewayWarning)
      }
      return rest.configuration
    }
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
