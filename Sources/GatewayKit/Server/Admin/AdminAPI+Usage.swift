import HTTPTypes
import Hummingbird

extension AdminAPI {
  static let usageQuery = ["user", "key_id", "backend", "tool", "by", "since"]

  /// What was counted, as of this moment but for the last two seconds.
  func showUsage(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    guard let usage else {
      throw AdminError(404, "usage_off", "The configuration has usage off: nothing is counted.")
    }
    var query = UsageQuery()
    query.user = context.query["user"]
    query.key = context.query["key_id"]
    query.backend = context.query["backend"]
    query.tool = context.query["tool"]
    if let by = context.query["by"] {
      guard let grouping = UsageQuery.Grouping(rawValue: by) else {
        throw AdminError.field("by", "must be user, key, backend or tool")
      }
      query.grouping = grouping
    }
    query.since = try time("since", context)
    return AdminAnswer.json(await usage.report(query).json)
  }
}
