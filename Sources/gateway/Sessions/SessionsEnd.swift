import ArgumentParser
import GatewayKit

struct SessionsEnd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end",
    abstract: "End a session: its streams close, its calls are cancelled, its id is good no more.",
    discussion:
      "The client may begin another with the same key; to keep it out, revoke the key or disable "
      + "the user.")

  @Argument(help: "The session's id, as gateway sessions list shows it.") var id: String
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard id.utf8.count >= 12, id.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else {
      throw ValidationError("A session's id is 12 or more hexadecimal digits")
    }
  }

  func run() throws {
    let socket = GatewaySocket(try options.configuration(for: .gateway))
    let answer = try socket.send("DELETE", "/sessions/\(id)")
    options.answer(answer, "ended \(id)")
  }
}
