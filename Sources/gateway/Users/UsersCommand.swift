import ArgumentParser

struct UsersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "List, make, change and delete users.",
    subcommands: [
      UsersList.self, UsersShow.self, UsersCreate.self, UsersEdit.self, UsersEnable.self,
      UsersDisable.self, UsersDelete.self,
    ])
}
