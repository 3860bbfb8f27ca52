import ArgumentParser
import GatewayKit

struct KeysList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all keys, or a user's.")

  @Argument(help: "Only this user's keys.") var username: String?
  @Option(
    help: ArgumentHelp(
      "Only keys in this state: valid, expired, revoked or disabled.", valueName: "state"))
  var state: KeyState?
  @Option(
    help: ArgumentHelp(
      "Only valid keys that were not used for so long: 90d, 12h.", valueName: "time"))
  var unused: String?
  @Option(
    help: ArgumentHelp("Only valid keys that expire within so long: 30d.", valueName: "time"))
  var expiring: String?
  @Flag(help: "Only valid keys without an end.") var neverExpiring = false
  @OptionGroup var options: CommonOptions

  func validate() throws { _ = try filter() }

  func run() async throws {
    let store = try await options.store()
    var keys = store.keys()
    if let username {
      let user = try store.existing(username)
      keys = keys.filter { $0.userID == user.id }
    }
    let now = Timestamp.now
    let uses = try options.keyUses()
    let filter = try filter()
    keys = keys.filter { filter.matches($0, uses, at: now) }
    if options.json {
      let body: JSONValue = ["keys": .array(keys.map { $0.json(at: now, uses[$0.id]) })]
      return Output.print(body)
    }
    Output.print(
      keys.isEmpty ? "No such keys." : KeyTable.text(of: keys, uses, withUser: username == nil))
    if let unused = filter.unused { warn(uses, unused, now) }
  }

  private func filter() throws -> KeyFilter {
    var filter = KeyFilter()
    filter.state = state
    filter.unused = try unused.map { try Self.duration($0, "--unused") }
    filter.expiring = try expiring.map { try Self.duration($0, "--expiring") }
    filter.neverExpires = neverExpiring
    return filter
  }

  private static func duration(_ text: String, _ option: String) throws -> Duration {
    guard let duration = DurationText.parse(text) else {
      throw ValidationError(
        "\(option) takes a time such as 90d or 12h, and not \(TerminalText.line(text))")
    }
    return duration
  }

  /// That a key was never seen says little where nobody looked.
  private func warn(_ uses: KeyUses, _ unused: Duration, _ now: Timestamp) {
    guard let began = uses.began else {
      return Output.complain(
        "nothing was counted yet, so these are all keys older than that; the gateway counts while it runs",
        prefixed: true)
    }
    if began.duration(to: now) < unused {
      Output.complain(
        "use is counted since \(began.shown) only; what was before is not known", prefixed: true)
    }
  }
}

extension KeyState: ExpressibleByArgument {}
