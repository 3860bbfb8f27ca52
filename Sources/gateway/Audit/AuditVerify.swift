import ArgumentParser
import GatewayKit

struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract:
      "Check that the log is what was written: nothing changed, inserted, removed or swapped.",
    discussion:
      "Needs the secret that sealed it: GATEWAY_SECRET, or gateway.secret beside the store. Exits with "
      + "1 when anything is wrong, and says what it had to take on trust.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let configuration = try options.configuration(for: .store)
    let path = try options.auditPath(evenGone: true)
    let verdict = try AuditOutput.read { () throws -> AuditVerifier.Verdict in
      try AuditVerifier.verify(path: path, secrets: try Self.secrets(configuration))
    }
    options.answer(
      [
        "path": .string(path), "sound": .bool(verdict.isSound),
        "lines": .number("\(verdict.lines)"),
        "first_seq": verdict.firstSequence.map { .number("\($0)") } ?? .null,
        "last_seq": verdict.lastSequence.map { .number("\($0)") } ?? .null,
        "findings": .array(verdict.findings.map(JSONValue.string)),
        "more_findings": .number("\(verdict.moreFindings)"),
        "trusted": .array(verdict.trusted.map(JSONValue.string)),
      ], Self.text(path, verdict))
    if !verdict.isSound { throw ExitCode(1) }
  }

  private static func secrets(_ configuration: GatewayConfiguration) throws -> [[UInt8]] {
    if let secrets = configuration.secrets { return secrets }
    guard let secret = try SecretFile.existing(configuration.secretPath) else {
      throw CommandFailure.notFound(
        "secret_missing",
        "There is no \(configuration.secretPath), which sealed the log; put it back, or set GATEWAY_SECRET to what was in it"
      )
    }
    return [Array(secret.utf8)]
  }

  private static func text(_ path: String, _ verdict: AuditVerifier.Verdict) -> String {
    var fields = FieldList()
    fields.add("log", path)
    fields.add("lines", "\(verdict.lines)")
    if let first = verdict.firstSequence, let last = verdict.lastSequence {
      fields.add("numbers", "\(first) to \(last)")
    }
    var text = fields.text + "\n"
    if verdict.isSound { text += "Nothing was changed, inserted, removed or swapped.\n" }
    for finding in verdict.findings { text += "WRONG: \(TerminalText.line(finding))\n" }
    if verdict.moreFindings > 0 { text += "and \(verdict.moreFindings) more\n" }
    if !verdict.trusted.isEmpty { text += "\nTaken on trust:\n" }
    for trusted in verdict.trusted { text += "- \(TerminalText.line(trusted))\n" }
    return text
  }
}
