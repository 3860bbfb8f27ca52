import ArgumentParser

struct AccessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access",
    abstract: "Show and change which backends and tools a user may use.",
    discussion: """
      An entry is BACKEND, or BACKEND/PATTERN with * and ? for tools, prompts and resource addresses: \
      erpnext, truenas/get_*. Empty lists mean everything. A list of allowed entries means only those. \
      A blocked entry always wins.
      """,
    subcommands: [
      AccessShow.self, AccessSet.self, AccessAllow.self, AccessBlock.self, AccessClear.self,
      AccessWho.self,
    ])
}
