import ArgumentParser

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List, make, rename, extend, rotate, revoke and inspect API keys.",
    discussion: "A key is named by its id (the KEY column), by USER/NAME, or by itself on standard "
      + "input, for which - stands.",
    subcommands: [
      KeysList.self, KeysCreate.self, KeysRename.self, KeysExtend.self, KeysRotate.self,
      KeysRevoke.self, KeysInspect.self,
    ])
}
