extension GatewayConfiguration {
  /// Weighs flags, environment, file and defaults, in this order of strength.
  ///
  /// The file is the first of `--config`, `GATEWAY_CONFIG`, `./gateway.json`,
  /// `~/.config/gateway/gateway.json` and `/etc/gateway/gateway.json`; a file that is named must
  /// exist. An empty variable counts as unset. Nothing but the file is read, nothing is created.
  ///
  /// - Parameters:
  ///   - flags: what the command line says.
  ///   - environment: the process's variables.
  ///   - directory: the working directory, absolute.
  /// - Throws: ``ConfigurationError``, with file and line where a file is to blame.
  public static func load(
    flags: ConfigurationFlags, environment: [String: String], directory: String
  ) throws(ConfigurationError) -> GatewayConfiguration {
    var loader = ConfigurationLoader(flags: flags, environment: environment, directory: directory)
    return try loader.load()
  }

  /// The same without what the file says, for who can go on when it is wrong. The defaults are those
  /// that this file would have had.
  ///
  /// - Parameter error: why the file cannot be read.
  package static func loadWithoutFile(
    because error: ConfigurationError, flags: ConfigurationFlags, environment: [String: String],
    directory: String
  ) throws(ConfigurationError) -> GatewayConfiguration {
    var loader = ConfigurationLoader(flags: flags, environment: environment, directory: directory)
    loader.configuration.unreadFile = error
    return try loader.load()
  }

  /// Where an effective value came from.
  package func origin(of name: String) -> SettingOrigin? {
    provenance.first { $0.name == name }?.origin
  }
}
