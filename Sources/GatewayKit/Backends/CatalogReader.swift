/// Reads a backend's whole catalog over whatever way leads to it.
struct CatalogReader {
  /// What asks one request of a backend and gives the bytes of its result.
  typealias Ask = (_ method: Method, _ params: JSONObject) async throws -> [UInt8]

  /// The most pages of one list, and the most bytes of a catalog.
  static let pageLimit = 1000
  static let sizeLimit = 64 << 20
  /// How many items are named that are left out.
  static let warningLimit = 100

  let backend: String
  let ask: Ask
  var sizeLimit = CatalogReader.sizeLimit
  /// What was left out, and why.
  private(set) var warnings: [String] = []
  private var size = 0

  init(backend: String, ask: @escaping Ask) {
    self.backend = backend
    self.ask = ask
  }

  /// Adds the lists that the capabilities announce.
  mutating func read(into catalog: Catalog) async throws -> Catalog {
    var catalog = catalog
    for list in CatalogList.allCases where catalog.capabilities[list.capability] != nil {
      try await read(list, into: &catalog)
    }
    return catalog
  }

  /// One list by itself.
  mutating func items(of list: CatalogList) async throws -> [CatalogItem] {
    var catalog = Catalog()
    try await read(list, into: &catalog)
    return catalog[list]
  }

  private mutating func read(_ list: CatalogList, into catalog: inout Catalog) async throws {
    var items: [CatalogItem] = []
    defer { catalog[list] = items }
    var names: Set<String> = []
    var cursor: String?
    var seen: Set<String> = []
    for _ in 0..<Self.pageLimit {
      var params = JSONObject()
      params["cursor"] = cursor.map(JSONValue.string)
      let result: [UInt8]
      do {
        result = try await ask(list.method, params)
      } catch BackendError.refused(_, -32601, _) {
        // Some servers announce resources and know no templates.
        return
      }
      size += result.count
      guard size <= sizeLimit else {
        throw BackendError.badAnswer(
          backend: backend, reason: "its lists are larger than \(sizeLimit) bytes")
      }
      let page = try Self.page(result, list, backend)
      for raw in page.items { add(raw, list, &items, &names) }
      if let time = page.timeToLive { catalog.limitTimeToLive(toMilliseconds: time) }
      guard let next = page.cursor else { return }
      guard seen.insert(next).inserted else {
        throw BackendError.badAnswer(backend: backend, reason: "its cursors go round in a circle")
      }
      cursor = next
    }
    throw BackendError.badAnswer(
      backend: backend, reason: "a list has more than \(Self.pageLimit) pages")
  }

  /// An item that cannot be used is left out: it must not take the others with it.
  private mutating func add(
    _ raw: [UInt8], _ list: CatalogList, _ items: inout [CatalogItem], _ names: inout Set<String>
  ) {
    let reason: String
    do {
      if let item = try CatalogItem(raw, kind: list) {
        if names.insert(item.uri ?? item.name).inserted {
          items.append(item)
          return
        }
        reason = "another one has its name; the first counts"
      } else {
        reason = "it has no name, no uri where it needs one, or two of them"
      }
    } catch {
      reason = "\(error)"
    }
    guard warnings.count < Self.warningLimit else { return }
    let item = try? JSONValue.parse(raw)
    let name = (item?["uri"] ?? item?["uriTemplate"] ?? item?["name"])?.stringValue ?? "an item"
    warnings.append(
      "\(SafeText.line(String(name.prefix(100)))) of \(list.method.name) is left out: \(reason)")
  }

  private static func page(
    _ result: [UInt8], _ list: CatalogList, _ backend: String
  ) throws -> (items: [[UInt8]], cursor: String?, timeToLive: Int?) {
    var items: [[UInt8]] = []
    var cursor: String?
    var timeToLive: Int?
    do {
      try result.withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        try reader.object { key, reader in
          if reader.equals(key, list.member) {
            try reader.array { _, reader in
              guard try reader.kind() == .object else {
                throw JSONSyntaxError(offset: reader.offset, reason: "an item is no object")
              }
              items.append(Array(bytes[try reader.skip()]))
            }
          } else if reader.equals(key, "nextCursor"), try reader.kind() == .string {
            cursor = reader.text(try reader.string())
          } else if reader.equals(key, "ttlMs"), try reader.kind() == .number {
            timeToLive = Int(String(decoding: bytes[try reader.number()], as: UTF8.self))
          } else {
            try reader.skip()
          }
        }
      }
    } catch {
      throw BackendError.badAnswer(backend: backend, reason: "\(error)")
    }
    return (items, cursor, timeToLive)
  }
}
