/// The messages of a call that makes a task, or is about one, with the ids exchanged that stand in them.
package struct TaskMessages: Sendable {
  private static let related = "io.modelcontextprotocol/related-task"

  private let ids: TaskIDs
  private let principal: Principal
  private let backend: String
  private let tool: String
  private let maker: TaskIDs.Maker?

  package init(
    _ ids: TaskIDs, principal: Principal, backend: String, tool: String,
    maker: TaskIDs.Maker? = nil
  ) {
    self.ids = ids
    self.principal = principal
    self.backend = backend
    self.tool = tool
    self.maker = maker
  }

  /// A message of the backend's, for the client.
  package func forClient(_ message: [UInt8]) -> [UInt8] {
    exchange(message) { id, isResult in
      ids.seal(
        TaskIDs.Task(id: id, backend: backend, tool: tool), of: principal,
        for: isResult ? maker : nil)
    }
  }

  /// A message of the client's, for the backend.
  package func forBackend(_ message: [UInt8]) -> [UInt8] {
    exchange(message) { id, _ in ids.open(id, for: principal)?.id ?? id }
  }

  private func exchange(_ message: [UInt8], _ change: (String, _ isResult: Bool) -> String)
    -> [UInt8]
  {
    guard message.firstRange(of: Array("askId\"".utf8)) != nil,
      var object = try? JSONValue.parse(message).objectValue
    else { return message }
    for part in ["params", "result"] {
      guard var members = object[part]?.objectValue else { continue }
      let change = { (id: String) in change(id, part == "result") }
      Self.change(&members, change)
      if var task = members["task"]?.objectValue {
        Self.change(&task, change)
        members["task"] = .object(task)
      }
      if var meta = members["_meta"]?.objectValue, var task = meta[Self.related]?.objectValue {
        Self.change(&task, change)
        meta[Self.related] = .object(task)
        members["_meta"] = .object(meta)
      }
      object[part] = .object(members)
    }
    return JSONValue.object(object).bytes
  }

  private static func change(_ object: inout JSONObject, _ change: (String) -> String) {
    guard let id = object["taskId"]?.stringValue else { return }
    object["taskId"] = .string(change(id))
  }
}
