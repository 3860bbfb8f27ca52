import ArgumentParser
import GatewayKit

/// How a command line names a key: its id, `USER/NAME`, or `-` for the key itself on standard input.
struct KeyReference: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The key: its id, USER/NAME, or - to give the key itself on standard input.",
      valueName: "key"))
  var text: String

  func validate() throws {
    if text.hasPrefix("mcpgw_") {
      throw ValidationError(
        "A key on a command line can be read by others and stays in the shell's history: give - "
          + "instead, and the key on standard input. Treat the one just typed as known to others.")
    }
  }

  /// What the store should look for.
  func selector(in store: UserStore) throws(CommandFailure) -> KeySelector {
    if text == "-" { return .secret(try SecretInput.readLine(prompt: "Paste the key:")) }
    guard text.contains("/") else { return .id(text) }
    // Old names can hold a slash themselves: the first split that names a user decides.
    for slash in text.indices where text[slash] == "/" {
      let user = String(text[..<slash])
      if store.user(user) != nil {
        return .named(user: user, name: String(text[text.index(after: slash)...]))
      }
    }
    throw .notFound(
      "user_not_found",
      "There is no user for the key \"\(text)\"; gateway users list shows them all.")
  }
}
