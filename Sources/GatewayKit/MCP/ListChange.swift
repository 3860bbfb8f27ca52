/// A list whose changes are told, by the names that it has where they are announced, asked for and told
/// (2026-07-28, Subscriptions).
package struct ListChange: Sendable {
  /// Of capabilities; its `listChanged` announces that changes are told.
  package let capability: String
  /// Of the filter of `subscriptions/listen`.
  package let filterMember: String
  package let notification: Method

  package static let all = [
    ListChange(
      capability: "tools", filterMember: "toolsListChanged",
      notification: .notificationsToolsListChanged),
    ListChange(
      capability: "prompts", filterMember: "promptsListChanged",
      notification: .notificationsPromptsListChanged),
    ListChange(
      capability: "resources", filterMember: "resourcesListChanged",
      notification: .notificationsResourcesListChanged),
  ]

  /// Those that a server announces.
  package static func announced(in capabilities: JSONValue?) -> [ListChange] {
    all.filter { capabilities?[$0.capability]?["listChanged"]?.boolValue == true }
  }

  /// The filter of `subscriptions/listen` for some lists and resources.
  package static func filter(_ lists: [ListChange], resources: [String]) -> JSONObject {
    var filter = JSONObject()
    for list in lists { filter[list.filterMember] = .bool(true) }
    if !resources.isEmpty {
      filter["resourceSubscriptions"] = .array(resources.map(JSONValue.string))
    }
    return filter
  }
}

extension Method {
  /// Whether it tells that a list, or a resource, is another than before.
  package var isNews: Bool {
    self == .notificationsResourcesUpdated
      || ListChange.all.contains { $0.notification == self }
  }
}
