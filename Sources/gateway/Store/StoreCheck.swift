import ArgumentParser
import GatewayKit
import Glibc

struct StoreCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read the store and report what is odd about it.",
    discussion:
      "Exits with 1 when the store cannot be read, and with 0 when it only holds oddities: "
      + "those are listed and harm nobody.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let report = store.check()
    let isWritable = access(FilePath.directory(of: report.path), W_OK) == 0
    options.answer(
      [
        "path": .string(report.path), "generation": .number("\(report.generation)"),
        "users": .number("\(report.users)"), "keys": .number("\(report.keys)"),
        "writable": .bool(isWritable),
        "findings": .array(report.findings.map(JSONValue.string)),
      ],
      text(report, isWritable))
  }

  private func text(_ report: StoreReport, _ isWritable: Bool) -> String {
    var fields = FieldList()
    fields.add("store", report.path)
    fields.add("users", "\(report.users)")
    fields.add("keys", "\(report.keys)")
    fields.add("written", report.generation == 1 ? "once" : "\(report.generation) times")
    fields.add(
      "writable", isWritable ? "yes" : "no: this user cannot write to the directory that it is in")
    guard !report.findings.isEmpty else { return fields.text + "\nNothing is wrong with it.\n" }
    return fields.text + "\n" + report.findings.map { "- \(TerminalText.line($0))\n" }.joined()
  }
}
