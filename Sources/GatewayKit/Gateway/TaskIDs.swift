/// The ids of tasks as clients hold them: sealed, with the backend, the tool that made the task, and whose
/// it is, so that they find their backend after a restart too, and that access rules hold for them
/// (DESIGN §6: a task by the tool that made it).
///
/// Tasks: 2025-11-25, Utilities, Tasks; the extension `io.modelcontextprotocol/tasks` since.
package struct TaskIDs: Sendable {
  /// What an id of ours begins with.
  private static let mark = "task."
  /// The longest that is looked at, in bytes.
  private static let longest = 4096

  private let sealer: Sealer

  package init(secrets: [[UInt8]]) { sealer = Sealer(secrets: secrets, purpose: "task") }

  /// What an id stands for.
  package struct Task: Equatable, Sendable {
    /// As the backend knows it.
    package let id: String
    package let backend: String
    package let tool: String

    package init(id: String, backend: String, tool: String) {
      self.id = id
      self.backend = backend
      self.tool = tool
    }
  }

  package func seal(_ task: Task, of principal: Principal) -> String {
    let value: JSONValue = [
      "i": .string(task.id), "b": .string(task.backend), "t": .string(task.tool),
      "p": .string(principal.description),
    ]
    return Self.mark + sealer.sealAlike(value.bytes)
  }

  /// Nil for an id that is none of ours, or another's.
  package func open(_ text: String, for principal: Principal) -> Task? {
    guard text.utf8.count <= Self.longest, text.hasPrefix(Self.mark) else { return nil }
    let sealed = Array(text.utf8.dropFirst(Self.mark.utf8.count))
    guard let plain = sealed.withUnsafeBytes({ sealer.open($0) }),
      let value = try? JSONValue.parse(plain),
      value["p"]?.stringValue == principal.description, let id = value["i"]?.stringValue,
      let backend = value["b"]?.stringValue, let tool = value["t"]?.stringValue
    else { return nil }
    return Task(id: id, backend: backend, tool: tool)
  }
}
