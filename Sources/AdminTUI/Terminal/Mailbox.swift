import CNcurses
import Synchronization

/// Where other threads leave messages for the main one, which sleeps until there is one.
final class Mailbox: Sendable {
  private let messages = Mutex<[Message]>([])

  func put(_ message: Message) {
    messages.withLock { $0.append(message) }
    console_post()
  }

  func takeAll() -> [Message] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
