/// A backend's response in the words of the other era.
package enum ResponseTranslation {
  /// For a legacy client: without what results have had since 2026-07-28.
  ///
  /// - Parameter envelope: the scan of `message`.
  package static func toLegacy(
    _ message: UnsafeRawBufferPointer, _ envelope: Envelope, method: Method?, id: [UInt8]?
  ) -> [UInt8] {
    var edits = JSONEdits()
    if let id, let range = envelope.id { edits.replace(range, with: id) }
    if let range = envelope.result, let members = try? JSONMembers(message, in: range) {
      edits.replace(range, with: legacyResult(members))
    }
    // Not found was a code of its own (2026-07-28, Key Changes, Minor, 6).
    if method == .resourcesRead, let range = code(in: message, envelope, is: "-32602") {
      edits.replace(range, with: Array("-32002".utf8))
    }
    return edits.isEmpty ? Array(message) : edits.apply(to: message)
  }

  private static func legacyResult(_ members: JSONMembers) -> [UInt8] {
    var added: [[UInt8]] = []
    if let range = members.value("_meta"),
      let meta = try? JSONMembers(members.bytes, in: range)
    {
      var object: [UInt8] = []
      meta.write(leavingOut: { ReservedMeta.isOfResults(meta, $0) }, into: &object)
      if object.count > 2 { added.append(Array(#""_meta":"#.utf8) + object) }
    }
    var result: [UInt8] = []
    members.write(
      leavingOut: { member in
        members.isNamed(member, "resultType") || members.isNamed(member, "ttlMs")
          || members.isNamed(member, "cacheScope") || members.isNamed(member, "_meta")
          || isNoObject(members, member)
      }, adding: added, into: &result)
    return result
  }

  /// Structured content was an object always (2026-07-28, Key Changes, Minor, 10); its text beside it
  /// says the same.
  private static func isNoObject(_ members: JSONMembers, _ member: JSONMembers.Member) -> Bool {
    members.isNamed(member, "structuredContent")
      && members.bytes[member.value.lowerBound] != UInt8(ascii: "{")
  }

  /// For a modern client: with what every result has to have.
  ///
  /// - Parameter serverInfo: the backend's, as JSON.
  package static func toModern(
    _ message: UnsafeRawBufferPointer, _ envelope: Envelope, method: Method?, id: [UInt8]?,
    serverInfo: [UInt8]?
  ) -> [UInt8] {
    var edits = JSONEdits()
    if let id, let range = envelope.id { edits.replace(range, with: id) }
    if let range = envelope.result, let members = try? JSONMembers(message, in: range) {
      edits.replace(range, with: modernResult(members, method, serverInfo))
    }
    if let range = code(in: message, envelope, is: "-32002") {
      edits.replace(range, with: Array("-32602".utf8))
    }
    return edits.apply(to: message)
  }

  private static func modernResult(
    _ members: JSONMembers, _ method: Method?, _ serverInfo: [UInt8]?
  ) -> [UInt8] {
    var added: [[UInt8]] = []
    if members.value("resultType") == nil { added.append(Array(#""resultType":"complete""#.utf8)) }
    if method == .resourcesRead, members.value("ttlMs") == nil {
      added.append(Array(#""ttlMs":0"#.utf8))
    }
    if method == .resourcesRead, members.value("cacheScope") == nil {
      added.append(Array(#""cacheScope":"private""#.utf8))
    }
    let ownMeta = members.value("_meta")
    if let serverInfo {
      let member = Array(#""io.modelcontextprotocol/serverInfo":"#.utf8) + serverInfo
      var meta: [UInt8] = []
      if let ownMeta, let own = try? JSONMembers(members.bytes, in: ownMeta) {
        own.write(
          leavingOut: { ReservedMeta.isOfResults(own, $0) }, adding: [member], into: &meta)
      } else {
        meta = [UInt8(ascii: "{")] + member + [UInt8(ascii: "}")]
      }
      added.append(Array(#""_meta":"#.utf8) + meta)
    }
    var result: [UInt8] = []
    members.write(
      leavingOut: { serverInfo != nil && members.isNamed($0, "_meta") }, adding: added,
      into: &result)
    return result
  }

  /// Where an error's code lies, if it is that one.
  private static func code(
    in message: UnsafeRawBufferPointer, _ envelope: Envelope, is code: StaticString
  ) -> Range<Int>? {
    guard let range = envelope.error, let members = try? JSONMembers(message, in: range),
      let value = members.value("code"),
      message[value].elementsEqual(
        UnsafeRawBufferPointer(start: code.utf8Start, count: code.utf8CodeUnitCount))
    else { return nil }
    return value
  }
}
