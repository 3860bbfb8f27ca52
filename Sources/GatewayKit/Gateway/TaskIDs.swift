import Synchronization

/// The ids of tasks as clients hold them: sealed, with the backend, the tool that made the task, and whose
/// it is, so that they find their backend after a restart too, and that access rules hold for them
/// (DESIGN §6: a task by the tool that made it).
///
/// Tasks: 2025-11-25, Utilities, Tasks; the extension `io.modelcontextprotocol/tasks` since.
package final class TaskIDs: Sendable {
  /// What an id of ours begins with.
  private static let mark = "task."
  /// The longest that is looked at, in bytes.
  private static let longest = 4096

  /// The most tasks of legacy sessions that are remembered of each backend; the oldest go.
  static let limit = 2_000

  private let sealer: Sealer
  /// By backend.
  private let holders = Mutex<[String: Holders]>([:])

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

  /// Who is told of a task unasked: the session that it was made in, and the id that it has there.
  package struct Holder: Sendable {
    package let session: SessionNumber
    package let id: String
  }

  /// A legacy session in which a task is made.
  package struct Maker: Sendable {
    package let session: SessionNumber
    /// Whether it has a session, a process or a connection of its own at the backend: its tasks' ids may
    /// be those of others, too.
    package let isApart: Bool

    package init(session: SessionNumber, isApart: Bool) {
      self.session = session
      self.isApart = isApart
    }
  }

  private struct Holders {
    struct Key: Hashable {
      let id: String
      let process: SessionNumber?
    }

    var byTask: [Key: Holder] = [:]
    /// The keys in the order in which they came, from `oldest` on and around.
    var keys: [Key] = []
    var oldest = 0

    mutating func add(_ holder: Holder, _ key: Key) {
      guard byTask.updateValue(holder, forKey: key) == nil else { return }
      guard keys.count == TaskIDs.limit else { return keys.append(key) }
      byTask[keys[oldest]] = nil
      keys[oldest] = key
      oldest = (oldest + 1) % keys.count
    }
  }

  /// Nil for a task that was not made in a legacy session, or not lately.
  ///
  /// - Parameter process: whose process tells of it, where sessions have their own.
  package func holder(of id: String, at backend: String, process: SessionNumber?) -> Holder? {
    holders.withLock { $0[backend]?.byTask[Holders.Key(id: id, process: process)] }
  }

  package func seal(
    _ task: Task, of principal: Principal, for maker: Maker? = nil
  ) -> String {
    let value: JSONValue = [
      "i": .string(task.id), "b": .string(task.backend), "t": .string(task.tool),
      "p": .string(principal.description),
    ]
    let text = Self.mark + sealer.sealAlike(value.bytes)
    if let maker, text.utf8.count <= Self.longest {
      let key = Holders.Key(id: task.id, process: maker.isApart ? maker.session : nil)
      holders.withLock {
        $0[task.backend, default: Holders()].add(Holder(session: maker.session, id: text), key)
      }
    }
    return text
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
