/// A client's request in the words of the other era. Only what the eras say differently changes;
/// arguments, unknown members and unknown `_meta` stay as they are spelled.
package struct RequestTranslation {
  /// The request's new id, as JSON; nil keeps the client's.
  package var id: [UInt8]?
  /// The operation's name as the backend knows it: the place of the client's, and the text that goes
  /// between the quotes there.
  package var name: (range: Range<Int>, bytes: [UInt8])?
  /// The new progress token, as JSON, where the request has one.
  package var progressToken: [UInt8]?
  /// Whether the parties are of one era, so that all but the name stays.
  package var isWithinEra = false
  /// Members for `_meta`, each as `"key":value`.
  package var meta: [[UInt8]] = []
  /// Members for `params`; those of a retry replace what the client had of that kind.
  package var params: [[UInt8]] = []

  package init() {}

  /// - Parameter envelope: the scan of `body`.
  package func apply(to body: UnsafeRawBufferPointer, _ envelope: Envelope) -> [UInt8] {
    if isWithinEra {
      var edits = JSONEdits()
      if let name { edits.replace(name.range, with: name.bytes) }
      return edits.apply(to: body)
    }
    guard params.isEmpty, envelope.requestState == nil, envelope.inputResponses == nil else {
      return applyToRetry(body, envelope)
    }
    var edits = JSONEdits()
    if let id, let range = envelope.id { edits.replace(range, with: id) }
    if let name { edits.replace(name.range, with: name.bytes) }
    if let range = envelope.meta {
      edits.replace(range, with: rewrittenMeta(body, range))
    } else if !meta.isEmpty {
      let object = Array(#""_meta":"#.utf8) + newMeta
      if let range = envelope.params {
        edits.insert(object + comma(before: range, in: body), at: range.lowerBound + 1)
      } else if let start = body.firstIndex(of: UInt8(ascii: "{")) {
        edits.insert(Array(#""params":{"#.utf8) + object + Array("},".utf8), at: start + 1)
      }
    }
    return edits.apply(to: body)
  }

  /// A comma, unless nothing follows in the object.
  private func comma(before object: Range<Int>, in body: UnsafeRawBufferPointer) -> [UInt8] {
    let rest = body[(object.lowerBound + 1)...]
    let next = rest.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    return next == UInt8(ascii: "}") ? [] : [UInt8(ascii: ",")]
  }

  private var newMeta: [UInt8] {
    var object: [UInt8] = [UInt8(ascii: "{")]
    for (index, member) in meta.enumerated() {
      if index > 0 { object.append(UInt8(ascii: ",")) }
      object += member
    }
    object.append(UInt8(ascii: "}"))
    return object
  }

  private func rewrittenMeta(_ body: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
    guard let members = try? JSONMembers(body, in: range) else { return Array(body[range]) }
    var added = meta
    if let progressToken, members.value("progressToken") != nil {
      added.append(Array(#""progressToken":"#.utf8) + progressToken)
    }
    var object: [UInt8] = []
    members.write(
      leavingOut: { member in
        ReservedMeta.isOfRequests(members, member)
          || progressToken != nil && members.isNamed(member, "progressToken")
      }, adding: added, into: &object)
    return object
  }

  /// A request that is, or becomes, a retry: its parameters are put together anew.
  private func applyToRetry(_ body: UnsafeRawBufferPointer, _ envelope: Envelope) -> [UInt8] {
    guard let range = envelope.params, let members = try? JSONMembers(body, in: range) else {
      return Array(body)
    }
    var added = params
    if let meta = envelope.meta {
      added.append(Array(#""_meta":"#.utf8) + rewrittenMeta(body, meta))
    } else if !meta.isEmpty {
      added.append(Array(#""_meta":"#.utf8) + newMeta)
    }
    if let name { added.append(Array(renamed(name, members, body))) }
    var object: [UInt8] = []
    members.write(
      leavingOut: { member in
        members.isNamed(member, "_meta") || members.isNamed(member, "requestState")
          || members.isNamed(member, "inputResponses")
          || name.map { member.whole.contains($0.range.lowerBound) } == true
      }, adding: added, into: &object)
    var edits = JSONEdits()
    if let id, let range = envelope.id { edits.replace(range, with: id) }
    edits.replace(range, with: object)
    return edits.apply(to: body)
  }

  /// The member that holds the name, with the new one in it.
  private func renamed(
    _ name: (range: Range<Int>, bytes: [UInt8]), _ members: JSONMembers,
    _ body: UnsafeRawBufferPointer
  ) -> [UInt8] {
    guard let member = members.members.first(where: { $0.whole.contains(name.range.lowerBound) })
    else { return [] }
    return Array(body[member.whole.lowerBound..<name.range.lowerBound]) + name.bytes
      + Array(body[name.range.upperBound..<member.whole.upperBound])
  }
}
