import ArgumentParser
import GatewayKit

struct KeysExtend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Set when a key expires, counted from now.")

  @OptionGroup var key: KeyReference
  @OptionGroup var life: LifetimeOption
  @Flag(help: "The key never expires.") var never = false
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard (life.ttlDays == nil) == never else {
      throw ValidationError("Say either --ttl-days DAYS or --never.")
    }
  }

  func run() async throws {
    let store = try await options.store()
    let changed = try await store.extendKey(try key.selector(in: store), ttl: life.lifetime)
    options.answer(
      ["status": "extended", "key": changed.json(at: .now)],
      "\(changed.id) expires \(changed.expiresAt?.shown ?? "never")")
  }
}
