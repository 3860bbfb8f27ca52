import GatewayKit

/// What a list shows, as text for other programs.
struct Table: Sendable {
  enum Format: String, CaseIterable, Sendable {
    case csv
    case jsonl
  }

  /// What a row is.
  let noun: String
  let columns: [String]
  var rows: [[String]] = []

  func text(as format: Format) -> String {
    switch format {
    case .csv:
      ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    case .jsonl:
      rows.map { row in
        JSONValue.object(JSONObject(zip(columns, row).map { ($0, .string($1)) })).text + "\n"
      }.joined()
    }
  }

  /// RFC 4180. A spreadsheet would run what begins like a formula, so an apostrophe stands before that.
  private static func quoted(_ text: String) -> String {
    let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
    let safe = isFormula ? "'" + text : text
    guard safe.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
