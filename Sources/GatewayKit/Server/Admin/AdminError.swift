import HTTPTypes
import Hummingbird

/// An admin error on its way to becoming an answer: a word for programs, a sentence for people.
struct AdminError: Error, HTTPResponseError {
  let status: HTTPResponse.Status
  let word: String
  let message: String
  var fields = HTTPFields()

  init(_ status: Int, _ word: String, _ message: String, fields: HTTPFields = HTTPFields()) {
    self.status = HTTPResponse.Status(code: status)
    self.word = word
    self.message = message
    self.fields = fields
  }

  /// What the store refused, with the body's member that it is about.
  init(_ error: StoreError) {
    let member: String? =
      switch error {
      case .invalidUsername: "username"
      case .invalidKeyName: "key_name"
      default: nil
      }
    self.init(
      error.httpStatus, error.code,
      (member.map { "\($0): " } ?? "") + error.description)
    if error.httpStatus == 503 { fields[.retryAfter] = "1" }
  }

  /// What the router itself refused.
  init(_ error: HTTPError) {
    if error.status == .notFound {
      self = .notFound
    } else {
      self.init(error.status.code, "bad_request", error.body ?? "The request cannot be served.")
    }
  }

  static let notFound = AdminError(
    404, "not_found",
    "There is nothing at this path. MCP clients use /mcp, or /mcp/NAME for one backend, spelled exactly so."
  )

  /// A value that is not what it has to be.
  static func field(
    _ name: String, _ reason: String, word: String = "invalid_value"
  ) -> AdminError {
    AdminError(422, word, "\(SafeText.line(String(name.prefix(80)))) \(reason).")
  }

  /// A name that the route does not take, most often a typing error.
  static func unknown(_ name: String, kind: String, known: [String]) -> AdminError {
    let all =
      known.isEmpty
      ? "this route takes no \(kind)" : "this route takes \(known.joined(separator: ", "))"
    let isPart = { (other: String) in name.utf8.count > 2 && other.contains(name.lowercased()) }
    let nearest =
      (NearestName.of(name, in: known) ?? known.first(where: isPart))
      .map { "; did you mean \($0)?" } ?? ";"
    return .field(name, "is no \(kind) of this route\(nearest) \(all)", word: "unknown_\(kind)")
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    AdminAnswer.json(
      [
        "error": .string(word), "message": .string(Self.withoutSecrets(message)),
        "request_id": .string(context.id),
      ], status: status, fields: fields)
  }

  /// What somebody put where a name belongs is not repeated into terminals and logs.
  static func withoutSecrets(_ text: String) -> String {
    text.replacing(/mcpgw(_|-admin-)[0-9A-Za-z_-]{8,}/) { "mcpgw\($0.output.1)…" }
      .replacing(/[0-9A-Fa-f]{64,}/, with: "…")
  }
}
