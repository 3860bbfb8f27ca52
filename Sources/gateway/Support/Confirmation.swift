import ArgumentParser
import Glibc

/// Asks before harm is done. On a terminal a person answers; everywhere else `--yes` must.
struct Confirmation: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do it without asking. Needed where nobody can be asked.")
  var yes = false

  /// Returns when it may be done.
  ///
  /// - Parameters:
  ///   - question: what will happen, without a question mark.
  ///   - options: with `--json` nobody is asked.
  func ask(_ question: String, json: Bool) throws {
    if yes { return }
    guard !json, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw CommandFailure.usage("\(question)? Repeat the command with --yes to say so.")
    }
    Output.ask("\(TerminalText.line(question))? [y/N] ")
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      throw CommandFailure.failed("not_confirmed", "Nothing was changed.")
    }
  }
}
