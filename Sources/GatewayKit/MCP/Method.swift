/// A method of the protocol, in any revision that this gateway speaks.
package enum Method: Sendable, Hashable, CaseIterable {
  case initialize, ping, serverDiscover
  case toolsList, toolsCall
  case resourcesList, resourcesTemplatesList, resourcesRead, resourcesSubscribe,
    resourcesUnsubscribe
  case promptsList, promptsGet
  case completionComplete, loggingSetLevel, subscriptionsListen
  case tasksGet, tasksList, tasksResult, tasksCancel, tasksUpdate
  case notificationsInitialized, notificationsCancelled, notificationsProgress,
    notificationsRootsListChanged
  // From servers to clients.
  case samplingCreateMessage, elicitationCreate, rootsList
  case notificationsMessage, notificationsToolsListChanged, notificationsPromptsListChanged,
    notificationsResourcesListChanged, notificationsResourcesUpdated, notificationsTasks,
    notificationsTasksStatus,
    notificationsElicitationComplete, notificationsSubscriptionsAcknowledged

  /// Whether it is sent without an id and gets no answer.
  package var isNotification: Bool { name.hasPrefix("notifications/") }

  package var name: String {
    switch self {
    case .initialize: "initialize"
    case .ping: "ping"
    case .serverDiscover: "server/discover"
    case .toolsList: "tools/list"
    case .toolsCall: "tools/call"
    case .resourcesList: "resources/list"
    case .resourcesTemplatesList: "resources/templates/list"
    case .resourcesRead: "resources/read"
    case .resourcesSubscribe: "resources/subscribe"
    case .resourcesUnsubscribe: "resources/unsubscribe"
    case .promptsList: "prompts/list"
    case .promptsGet: "prompts/get"
    case .completionComplete: "completion/complete"
    case .loggingSetLevel: "logging/setLevel"
    case .subscriptionsListen: "subscriptions/listen"
    case .tasksGet: "tasks/get"
    case .tasksList: "tasks/list"
    case .tasksResult: "tasks/result"
    case .tasksCancel: "tasks/cancel"
    case .tasksUpdate: "tasks/update"
    case .notificationsInitialized: "notifications/initialized"
    case .notificationsCancelled: "notifications/cancelled"
    case .notificationsProgress: "notifications/progress"
    case .notificationsRootsListChanged: "notifications/roots/list_changed"
    case .samplingCreateMessage: "sampling/createMessage"
    case .elicitationCreate: "elicitation/create"
    case .rootsList: "roots/list"
    case .notificationsMessage: "notifications/message"
    case .notificationsToolsListChanged: "notifications/tools/list_changed"
    case .notificationsPromptsListChanged: "notifications/prompts/list_changed"
    case .notificationsResourcesListChanged: "notifications/resources/list_changed"
    case .notificationsResourcesUpdated: "notifications/resources/updated"
    case .notificationsTasks: "notifications/tasks"
    case .notificationsTasksStatus: "notifications/tasks/status"
    case .notificationsElicitationComplete: "notifications/elicitation/complete"
    case .notificationsSubscriptionsAcknowledged: "notifications/subscriptions/acknowledged"
    }
  }

  /// The method of that name; nil for one that no revision has. Nothing is allocated.
  package init?(_ name: UnsafeRawBufferPointer) {
    // The one that nearly every request is, before the table.
    if name.count == 10, name.elementsEqual(Self.toolsCallName) {
      self = .toolsCall
      return
    }
    guard let method = Self.byName[name] else { return nil }
    self = method
  }

  private static let toolsCallName = Array("tools/call".utf8)
  private static let byName = ByteStringMap(allCases.map { (Array($0.name.utf8), $0) })
}
