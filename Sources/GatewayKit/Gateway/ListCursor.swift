/// Where a page of a list ends: behind an item, wherever that comes to stand until the next is asked for
/// (2025-11-25, Pagination). Where it is gone, the place that it had counts.
struct ListCursor {
  struct Invalid: Error {}

  /// The longest that is looked at, in bytes.
  private static let longest = 16 << 10

  let list: CatalogList
  /// Of the page's last item.
  let key: String
  /// Of the first item behind it.
  let index: Int

  init(list: CatalogList, key: String, index: Int) {
    self.list = list
    self.key = key
    self.index = index
  }

  /// - Throws: `Invalid` for a text that is none, or one of another list.
  init(_ text: String, of list: CatalogList) throws(Invalid) {
    var text = text
    guard text.utf8.count <= Self.longest,
      let bytes = text.withUTF8({ Base64URL.decode(UnsafeRawBufferPointer($0)) }),
      let value = try? JSONValue.parse(bytes), value["l"]?.stringValue == "\(list)",
      let key = value["k"]?.stringValue, let index = value["i"]?.intValue, index >= 0
    else { throw Invalid() }
    self.init(list: list, key: key, index: index)
  }

  var text: String {
    let value: JSONValue = [
      "l": .string("\(list)"), "k": .string(key), "i": .number(String(index)),
    ]
    return Base64URL.encode(value.bytes)
  }

  /// The indices of a page.
  static func page(
    _ items: [MCPService.Listed], after cursor: ListCursor?, size: Int
  ) -> Range<Int> {
    var start = 0
    if let cursor {
      let known =
        cursor.index > 0 && cursor.index <= items.count
        && items[cursor.index - 1].key == cursor.key
      start =
        known
        ? cursor.index
        : items.firstIndex { $0.key == cursor.key }.map { $0 + 1 }
          ?? min(cursor.index, items.count)
    }
    return start..<min(items.count, start + size)
  }
}
