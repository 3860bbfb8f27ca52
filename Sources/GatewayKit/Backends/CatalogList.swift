/// The lists that make up a catalog.
package enum CatalogList: CaseIterable, Sendable {
  case tools, prompts, resources, templates

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

  var uriMember: StaticString? {
    switch self {
    case .tools, .prompts: nil
    case .resources: "uri"
    case .templates: "uriTemplate"
    }
  }
}
