/// The lists that make up a catalog.
package enum CatalogList: CaseIterable, Sendable {
  case tools, prompts, resources, templates

  /// Nil for a method that asks for no list.
  init?(_ method: Method) {
    guard let list = Self.allCases.first(where: { $0.method == method }) else { return nil }
    self = list
  }

  var method: Method {
    switch self {
    case .tools: .toolsList
    case .prompts: .promptsList
    case .resources: .resourcesList
    case .templates: .resourcesTemplatesList
    }
  }

  /// The result's member that holds the items.
  var member: StaticString {
    switch self {
    case .tools: "tools"
    case .prompts: "prompts"
    case .resources: "resources"
    case .templates: "resourceTemplates"
    }
  }

  /// The capability without which the list is not asked for.
  var capability: String {
    switch self {
    case .tools: "tools"
    case .prompts: "prompts"
    case .resources, .templates: "resources"
    }
  }

  /// Whether the joint endpoint gives its items a name of its own.
  var isRenamed: Bool { uriMember == nil }

  var uriMember: StaticString? {
    switch self {
    case .tools, .prompts: nil
    case .resources: "uri"
    case .templates: "uriTemplate"
    }
  }
}
