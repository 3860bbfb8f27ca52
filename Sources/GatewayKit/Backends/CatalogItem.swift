/// One tool, prompt, resource or template.
package struct CatalogItem: Sendable {
  /// The tool's or prompt's name, or the resource's or template's.
  package let name: String
  /// The resource's URI, or the template's URI template.
  package let uri: String?
  /// The item as the backend wrote it.
  package let raw: [UInt8]
  /// Where the name stands in it, quotes with it.
  package let nameRange: Range<Int>
  /// The arguments that a modern call has in headers too; empty for nearly every tool.
  package let headerParameters: ToolHeaderParameters

  /// Reads an item. Nil without a name that is a string, or with a `uri` that is none.
  ///
  /// - Throws: `JSONSyntaxError`, or `ToolHeaderParameters.Invalid` for a tool whose
  ///   `x-mcp-header` members make it unusable (2026-07-28, Tools, `x-mcp-header`).
  package init?(_ raw: [UInt8], kind: CatalogList) throws {
    var name: (text: String, range: Range<Int>)?
    var uri: String?
    var isTwice = false
    var parameters = ToolHeaderParameters.none
    try raw.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      try reader.object { key, reader in
        if reader.equals(key, "name"), try reader.kind() == .string {
          isTwice = isTwice || name != nil
          let text = try reader.string()
          name = (reader.text(text), text.range.lowerBound - 1..<text.range.upperBound + 1)
        } else if let member = kind.uriMember, reader.equals(key, member),
          try reader.kind() == .string
        {
          isTwice = isTwice || uri != nil
          uri = reader.text(try reader.string())
        } else if kind == .tools, reader.equals(key, "inputSchema") {
          parameters = try ToolHeaderParameters(schema: try reader.value())
        } else {
          try reader.skip()
        }
      }
    }
    // Two names: which one a client would take cannot be known.
    guard let name, !isTwice, kind.uriMember == nil || uri != nil else { return nil }
    self.name = name.text
    self.uri = uri
    self.raw = raw
    nameRange = name.range
    headerParameters = parameters
  }
}

extension CatalogItem: Equatable {
  package static func == (left: CatalogItem, right: CatalogItem) -> Bool { left.raw == right.raw }
}
