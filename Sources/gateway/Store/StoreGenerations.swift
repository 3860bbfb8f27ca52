import ArgumentParser
import GatewayKit

struct StoreGenerations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generations",
    abstract: "List the earlier states of the store that are kept.",
    discussion: "1 is the state before the present one. A date is the first state of that day.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let (store, _) = try await options.storeForRestore()
    let generations = store.generations()
    if options.json {
      return Output.print([
        "generations": .array(
          generations.map { kept in
            [
              "name": .string(kept.name), "path": .string(kept.path),
              "generation": kept.generation.map { .number("\($0)") } ?? .null,
              "written_at": .string(kept.writtenAt.iso), "users": .number("\(kept.users)"),
              "keys": .number("\(kept.keys)"),
            ]
          })
      ])
    }
    guard !generations.isEmpty else { return Output.print("Nothing was replaced yet.") }
    var table = TextTable("GENERATION", "WRITTEN", "USERS", "KEYS", "FILE")
    for kept in generations {
      let isReadable = kept.generation != nil
      table.add(
        kept.name, kept.writtenAt.shown, isReadable ? "\(kept.users)" : "unreadable",
        isReadable ? "\(kept.keys)" : "", kept.path)
    }
    Output.print(table.text)
  }
}
