import ArgumentParser
import GatewayKit

struct AccessClear: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear",
    abstract: "Take entries out of both lists, or empty them.",
    discussion: "Without entries both lists are emptied: the user may use everything.")

  @Argument(help: "The user's name.") var username: String
  @Argument(help: "BACKEND or BACKEND/PATTERN, as the lists have it.") var entries: [String] = []
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let user: User
    if entries.isEmpty {
      user = try await store.setAccess(for: username, allowed: [], blocked: [])
    } else {
      let before = try store.existing(username)
      let listed = before.allowed + before.blocked
      if let stray = entries.first(where: { !listed.contains($0) }) {
        throw CommandFailure.notFound(
          "entry_not_found",
          "\(username) has no entry \"\(stray)\"; gateway access show \(username) lists them all.")
      }
      user = try await store.clear(entries, for: username)
    }
    let answer = AccessSummary(user: user, backends: try options.knownBackends().names)
    options.answer(answer.json(status: "cleared"), answer.text)
  }
}
