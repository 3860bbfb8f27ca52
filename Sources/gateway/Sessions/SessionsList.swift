import ArgumentParser
import GatewayKit

struct SessionsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List sessions and open streams.")

  @Option(help: ArgumentHelp("Only this user's.", valueName: "username")) var user: String?
  @OptionGroup var options: CommonOptions

  func run() throws {
    let answer = try GatewaySocket(try options.configuration(for: .gateway)).get("/sessions")
    let sessions = rows(answer["sessions"])
    let streams = rows(answer["streams"])
    options.answer(
      ["sessions": .array(sessions), "streams": .array(streams)], text(sessions, streams))
  }

  private func rows(_ value: JSONValue?) -> [JSONValue] {
    (value?.arrayValue ?? []).filter { row in user.map { row["user"]?.stringValue == $0 } ?? true }
  }

  private func text(_ sessions: [JSONValue], _ streams: [JSONValue]) -> String {
    guard !sessions.isEmpty || !streams.isEmpty else { return "Nobody is connected.\n" }
    var table = TextTable("SESSION", "USER", "CLIENT", "VERSION", "AGE", "IDLE", "BACKENDS")
    for session in sessions {
      let backends = (session["backends"]?.arrayValue ?? []).compactMap(\.stringValue)
      table.add(
        session["id"]?.stringValue ?? "", session["user"]?.stringValue ?? "",
        session["client"]?.stringValue ?? "", session["version"]?.stringValue ?? "",
        StatusText.duration(session["ageSeconds"]), StatusText.duration(session["idleSeconds"]),
        backends.joined(separator: " "))
    }
    var result = sessions.isEmpty ? "" : table.text
    guard !streams.isEmpty else { return result }
    var second = TextTable("STREAM OF", "CLIENT", "FROM", "SESSION", "ANSWERS", "AGE")
    for stream in streams {
      let operation = [stream["backend"]?.stringValue, stream["tool"]?.stringValue]
        .compactMap { $0 }.joined(separator: "/")
      second.add(
        stream["user"]?.stringValue ?? "", stream["client"]?.stringValue ?? "",
        stream["address"]?.stringValue ?? "", stream["session"]?.stringValue ?? "", operation,
        StatusText.duration(stream["ageSeconds"]))
    }
    result += (result.isEmpty ? "" : "\n") + second.text
    return result
  }
}
