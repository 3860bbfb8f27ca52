import ArgumentParser
import GatewayKit
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the gateway until it is told to stop.",
    discussion: """
      Ready when it says "listening on …" on standard error, where it also tells what happens: text on \
      a terminal, else one JSON object a line (gateway.log). A changed configuration is taken while \
      it runs, and on SIGHUP at once; SIGTERM and SIGINT let calls under way end first. A missing \
      store is made, and its path said. A wrong or missing configuration exits with 2: starting again \
      does not cure it.
      """)

  @Option(
    help: ArgumentHelp(
      "The configuration to read.",
      discussion: "Otherwise GATEWAY_CONFIG, or the first gateway.json of ./, ~/.config/gateway/, "
        + "/etc/gateway/.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    help: ArgumentHelp("Where to listen; 127.0.0.1:4444 if nobody says.", valueName: "host:port"))
  var listen: String?

  @Option(
    name: .customLong("users-db"),
    help: ArgumentHelp("The file of users and keys.", valueName: "path"),
    completion: .file(extensions: ["json"]))
  var usersDB: String?

  @Option(
    help: ArgumentHelp("Where the owner-only socket stands, or off.", valueName: "path|off"),
    completion: .file())
  var adminSocket: String?

  @Flag(help: "Run four small MCP servers with made-up data, and keep everything in ./data-demo/.")
  var demo = false

  func run() async throws {
    let configuration: GatewayConfiguration
    do {
      configuration = try load()
    } catch {
      throw CommandFailure.wrongConfiguration(error)
    }
    let log = ServiceLog(configuration.log)
    let logger = log.logger
    for warning in configuration.warnings { logger.warning("\(warning)") }
    let server = GatewayServer(
      configuration: configuration, reload: { try load() }, logger: logger,
      announce: { log.announce($0) })
    var group = ServiceGroupConfiguration(
      services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration =
      configuration.limits.drainTimeout + GatewayServer.timeToClose
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as StoreError {
      throw error
    } catch let error as ConfigurationError {
      // The admin key's file is read at the start only.
      throw CommandFailure.wrongConfiguration(error)
    } catch {
      throw CommandFailure.failed("not_started", "\(error)")
    }
  }

  /// What the flags, the environment and the file come to. Read again while it runs.
  func load() throws(ConfigurationError) -> GatewayConfiguration {
    var flags = ConfigurationFlags()
    flags.config = config
    flags.listen = listen
    flags.usersDB = usersDB
    flags.adminSocket = adminSocket
    flags.demo = demo
    return try CommonOptions.load(flags)
  }
}
