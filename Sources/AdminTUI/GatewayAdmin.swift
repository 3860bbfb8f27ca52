import ArgumentParser
import CNcurses
import CSyscalls
import FoundationEssentials
import GatewayKit
import Glibc

/// `gateway-admin`: the console.
@main
struct GatewayAdmin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway-admin",
    abstract: "The operator's console: users, keys and access, backends, usage, audit.",
    discussion: """
      Works on the store that the gateway command finds: --users-db, then USERS_DB_PATH, then the \
      configuration, then ./data/users.json. No gateway needs to be running. ? shows the keys.

      Settings stand in ~/.config/gateway/console.json. NO_COLOR is obeyed.
      """,
    version: GatewayVersion.text)

  @Option(
    help: ArgumentHelp("The gateway's configuration.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .customLong("users-db"),
    help: ArgumentHelp("The file of users and keys.", valueName: "path"),
    completion: .file(extensions: ["json"]))
  var usersDB: String?

  @Option(
    help: ArgumentHelp("The running gateway's socket.", valueName: "path"), completion: .file())
  var socket: String?

  @Flag(help: "Use the demo's store and backends (see gateway serve --demo).")
  var demo = false

  @Flag(help: "Change nothing.")
  var readOnly = false

  @Option(
    help: ArgumentHelp(
      "Colours: \(Theme.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var theme: String?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Draw no frames, for screen readers.")
  var plain = false

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as Failure {
      StandardError.say("gateway-admin: \(SafeText.line(error.description))")
      Glibc.exit(error.code)
    } catch {
      exit(withError: error)
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
    var code: Int32 = 1
  }

  func run() throws {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      throw Failure(
        description: "a terminal is needed. For scripts use: gateway users list --json")
    }
    let settings = try settings()
    let (configuration, warning) = try gatewayConfiguration()
    // Before any thread is started.
    gateway_use_one_heap()
    console_guard(CommandLine.unsafeArgv)
    let terminal: Terminal
    do {
      terminal = try Terminal(
        hasColors: (getenv("NO_COLOR").map { $0[0] == 0 } ?? true) && settings.theme != .mono,
        settings)
    } catch {
      throw Failure(description: "\(error)")
    }
    var model = Model()
    model.host = Self.host
    model.theme = settings.theme
    model.isASCII = settings.ascii
    model.isPlain = plain
    model.home = getenv("HOME").map { String(cString: $0) } ?? ""
    model.keymap = settings.keymap
    model.isUTC = settings.isUTC
    if let warning { model.say(SafeText.line(warning), isError: true) }
    let mailbox = Mailbox()
    let bridge = Bridge(configuration, isReadOnly: readOnly, mailbox)
    bridge.start()
    Console(model, terminal, mailbox, bridge).run()
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// And what to say of a file that was left aside.
  private func gatewayConfiguration() throws -> (GatewayConfiguration, warning: String?) {
    var flags = ConfigurationFlags()
    flags.config = config
    flags.usersDB = usersDB
    flags.adminSocket = socket
    flags.demo = demo
    let environment = ProcessInfo.processInfo.environment
    let directory = FileManager.default.currentDirectoryPath
    do {
      do throws(ConfigurationError) {
        return (
          try .load(flags: flags, environment: environment, directory: directory), nil
        )
      } catch {
        let rest = try ConfigurationWithoutFile(
          because: error, flags: flags, environment: environment, directory: directory)
        guard rest.hasStore else {
          throw Failure(description: "\(error) \(rest.storeAdvice)", code: error.exitCode)
        }
        return (rest.configuration, rest.storeWarning)
      }
    } catch let error as ConfigurationError {
      throw Failure(description: "\(error)", code: error.exitCode)
    }
  }

  /// The file's, and what the command line says otherwise.
  private func settings() throws -> ConsoleSettings {
    do {
      var settings = try ConsoleSettings.load(getenv("HOME").map { String(cString: $0) })
      if let theme { settings.theme = try ConsoleSettings.theme(named: theme, from: "--theme") }
      let type = getenv("TERM").map { String(cString: $0) } ?? ""
      settings.settle(colorFGBG: getenv("COLORFGBG").map { String(cString: $0) })
      if ascii || type.hasPrefix("vt") || type == "linux" { settings.ascii = true }
      return settings
    } catch let error as ConsoleSettings.Problem {
      throw Failure(description: error.description, code: 2)
    }
  }
}
