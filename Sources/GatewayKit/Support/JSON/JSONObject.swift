/// An object's members in their order. Reading a key gives its first member.
///
/// Keys are compared scalar by scalar, as JSON has it (RFC 8259, section 8.3), not as `String` does:
/// a precomposed letter is not the one composed of two.
package struct JSONObject: Sendable {
  package var members: [(key: String, value: JSONValue)]

  package init(_ members: [(key: String, value: JSONValue)] = []) {
    self.members = members
  }

  /// Setting changes the first member of that key or adds one; setting nil removes all of that key.
  package subscript(_ key: String) -> JSONValue? {
    get { members.first { Self.isSame($0.key, key) }?.value }
    set {
      guard let newValue else {
        members.removeAll { Self.isSame($0.key, key) }
        return
      }
      if let index = members.firstIndex(where: { Self.isSame($0.key, key) }) {
        members[index].value = newValue
      } else {
        members.append((key, newValue))
      }
    }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}

extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(members.count)
    for (key, value) in members {
      hasher.combine(key)
      hasher.combine(value)
    }
  }
}
