import ArgumentParser
import GatewayKit

struct KeysRotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Make a key's successor and print it, this once.",
    discussion:
      "The successor has the same length of life and the same access. The old key works on "
      + "for the grace period, never longer than it had.")

  @OptionGroup var key: KeyReference
  @Option(
    help: ArgumentHelp(
      "How long the old key works on, in hours; 0 ends it now.", valueName: "hours"))
  var graceHours = 24
  @OptionGroup var life: LifetimeOption
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard (0...8_760).contains(graceHours) else {
      throw ValidationError("--grace-hours must be 0 to 8760.")
    }
  }

  func run() async throws {
    let store = try await options.store()
    let issued = try await store.rotateKey(
      try key.selector(in: store), grace: .seconds(graceHours * 3_600), ttl: life.lifetime)
    IssuedKeyAnswer.print(issued, status: "rotated", options)
  }
}
