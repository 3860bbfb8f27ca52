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
}

extension Method {
  /// Whether it tells that a list, a resource or a task is another than before.
  package var isNews: Bool {
    switch self {
    case .notificationsResourcesUpdated, .notificationsTasks, .notificationsTasksStatus: true
    default: ListChange.all.contains { $0.notification == self }
    }
  }
}
