/// The four lists, from catalogs, merged over reach and filtered by access.
extension MCPService {
  package func list(_ call: MCPCall, _ method: Method) async -> MCPAnswer {
    guard let list = CatalogList(method) else {
      return .error(call, .methodNotFound(method.name))
    }
    let after: ListCursor?
    do throws(ListCursor.Invalid) {
      after = try call.text(call.envelope.cursor).map { text throws(ListCursor.Invalid) in
        try ListCursor(text, of: list)
      }
    } catch {
      return .error(call, .invalidParams("params.cursor is none that this list gave"))
    }
    let (items, isComplete, lifetime) = await items(of: list, call)
    let page = ListCursor.page(items, after: after, size: pageItems)
    var result: [UInt8] = Array("{\"".utf8)
    list.member.withUTF8Buffer { result.append(contentsOf: $0) }
    result += Array("\":[".utf8)
    for (index, listed) in items[page].enumerated() {
      if index > 0 { result.append(UInt8(ascii: ",")) }
      append(listed.item, named: listed.name, to: &result)
    }
    result.append(UInt8(ascii: "]"))
    if page.upperBound < items.count, let last = items[page].last {
      let cursor = ListCursor(list: list, key: last.key, index: page.upperBound)
      result += Array(#","nextCursor":"\#(cursor.text)""#.utf8)
    }
    if call.era == .modern {
      // A list that lacks a late backend, or is one user's, is nobody else's to keep.
      let milliseconds = isComplete ? lifetime.milliseconds : 0
      result += Array(
        #","resultType":"complete","ttlMs":\#(milliseconds),"cacheScope":"private","_meta":"#.utf8)
      result += GatewayIdentity.metaBytes
    }
    result.append(UInt8(ascii: "}"))
    return .result(call, result)
  }

  /// An item as a caller sees it.
  struct Listed {
    let item: CatalogItem
    let name: String
    /// What tells it from the others of its list.
    var key: String { item.uri ?? name }
  }

  /// All items that a call sees, in the order of the configuration; whether no backend's are missing, and
  /// how long they may be believed.
  private func items(
    of list: CatalogList, _ call: MCPCall
  ) async -> (items: [Listed], isComplete: Bool, lifetime: Duration) {
    let table = await settledTable(for: call)
    var all: [Listed] = []
    var isComplete = true
    var lifetime = Duration.seconds(300)
    var seen: Set<String> = []
    for route in routes(in: table, for: call) {
      guard let catalog = route.view.catalog else {
        isComplete = false
        continue
      }
      lifetime = min(lifetime, catalog.timeToLive)
      let items = await ownItems(list, of: route, call) ?? catalog[list]
      for item in items where isAllowed(item, of: route, call) {
        let name =
          call.scope == nil && list.isRenamed
          ? JointName.of(item.name, prefix: route.view.configuration.prefix) : item.name
        guard call.scope != nil || seen.insert(item.uri ?? name).inserted else { continue }
        all.append(Listed(item: item, name: name))
      }
    }
    return (all, isComplete, lifetime)
  }

  /// What a backend lists on the client's own session, where that is another list; nil where it is not,
  /// or cannot be had.
  func ownItems(
    _ list: CatalogList, of route: RoutingTable.Route, _ call: MCPCall
  ) async -> [CatalogItem]? {
    guard route.view.configuration.listsPerSession, let session = call.session,
      let backend = backends.backend(route.id)
    else { return nil }
    do {
      if case .http = route.view.configuration.transport {
        guard !route.view.refusesLegacy,
          let link = try await sessions.link(session, to: route.id).link(route.id)
        else { return nil }
        let items = try await backend.items(list, in: link.session)
        noteOwn(items, on: list, of: route.id, session.token.number)
        return items
      }
      let items = try await backend.items(
        list,
        for: ChannelClient(
          session: session.token.number, principal: call.caller.principal,
          identity: session.token.client))
      noteOwn(items, on: list, of: route.id, session.token.number)
      return items
    } catch {
      logger.warning("\(route.view.configuration.name): its lists for a session: \(error)")
      return nil
    }
  }

  private func isAllowed(_ item: CatalogItem, of route: RoutingTable.Route, _ call: MCPCall) -> Bool
  {
    var name = item.uri ?? item.name
    return name.withUTF8 { bytes in
      call.caller.rules.decide(.named(route.id, name: UnsafeRawBufferPointer(bytes))).isAllowed
    }
  }

  /// The item's own bytes with only the name exchanged.
  private func append(_ item: CatalogItem, named name: String, to result: inout [UInt8]) {
    guard name != item.name else {
      result += item.raw
      return
    }
    result += item.raw[..<item.nameRange.lowerBound]
    writeJSONString(name.utf8, into: &result)
    result += item.raw[item.nameRange.upperBound...]
  }
}
