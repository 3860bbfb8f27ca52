import ArgumentParser
import GatewayKit
import Glibc

/// Why a command did not do what it was asked: one sentence, a word for scripts, an exit status.
struct CommandFailure: Error {
  let code: String
  let message: String
  let exitCode: Int32

  private init(code: String, message: String, exitCode: Int32) {
    self.code = code
    self.message = message
    self.exitCode = exitCode
  }

  /// The request itself is wrong.
  static func usage(_ message: String) -> CommandFailure {
    CommandFailure(code: "usage", message: message, exitCode: 2)
  }

  /// What is named is not there.
  static func notFound(_ code: String, _ message: String) -> CommandFailure {
    CommandFailure(code: code, message: message, exitCode: 3)
  }

  /// What is named is more than one, or stands in the way.
  static func conflict(_ code: String, _ message: String) -> CommandFailure {
    CommandFailure(code: code, message: message, exitCode: 4)
  }

  static func failed(_ code: String, _ message: String) -> CommandFailure {
    CommandFailure(code: code, message: message, exitCode: 1)
  }

  /// What the running gateway refused, or that none runs.
  init(_ error: GatewaySocketError) {
    let exitCode: Int32 = error.status == 404 ? 3 : error.status == 409 ? 4 : 1
    self.init(code: error.code, message: error.message, exitCode: exitCode)
  }

  /// A configuration that cannot be read, and how to go on without it.
  init(_ error: ConfigurationError, advice: String? = nil) {
    let message = [error.description, advice].compactMap { $0 }.joined(separator: " ")
    self.init(code: error.code, message: message, exitCode: error.exitCode)
  }

  /// The same for who cannot go on: one status for whatever is wrong with the configuration, which a
  /// service manager does not start again with (contrib/gateway.service).
  static func wrongConfiguration(_ error: ConfigurationError) -> CommandFailure {
    CommandFailure(code: error.code, message: error.description, exitCode: 2)
  }

  /// Ends the process as `error` demands: help and version on standard output with 0, everything
  /// else as one sentence on standard error (JSON with `--json`) with 1 to 4.
  static func leave(with error: any Error) -> Never {
    let failure: CommandFailure
    switch error {
    case let code as ExitCode: exit(code.rawValue)
    case let known as CommandFailure: failure = known
    case let known as GatewaySocketError: failure = CommandFailure(known)
    case let known as ConfigurationError: failure = CommandFailure(known)
    case let known as StoreError:
      failure = CommandFailure(
        code: known.code, message: known.description, exitCode: known.exitCode)
    default:
      let status = Gateway.exitCode(for: error)
      if status == .success {
        // Help, version, completion: asked for, so not an error.
        Output.print(Gateway.fullMessage(for: error))
        exit(0)
      }
      if status == .validationFailure {
        if !Output.wantsJSON {
          Output.complain(withoutKeys(Gateway.fullMessage(for: error)), prefixed: false)
          exit(2)
        }
        failure = .usage(Gateway.message(for: error))
      } else {
        failure = .failed("failed", Gateway.message(for: error))
      }
    }
    if Output.wantsJSON {
      let body: JSONValue = [
        "error": .string(failure.code), "message": .string(withoutKeys(failure.message)),
      ]
      Output.complain(TerminalText.json(body), prefixed: false)
    } else {
      Output.complain(TerminalText.line(withoutKeys(failure.message)), prefixed: true)
    }
    exit(failure.exitCode)
  }

  /// A key that somebody put on the command line is not repeated into logs.
  private static func withoutKeys(_ text: String) -> String {
    text.replacing(/mcpgw_[0-9A-Za-z]+/, with: "mcpgw_…")
  }
}
