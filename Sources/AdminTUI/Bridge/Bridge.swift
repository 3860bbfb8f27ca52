import Dispatch
import GatewayKit
import Synchronization

/// The store, the running gateway and the files beside the store, as messages. Everything here is off the
/// main thread.
final class Bridge: Sendable {
  private let configuration: GatewayConfiguration
  private let mailbox: Mailbox
  private let isReadOnly: Bool
  private let store = Mutex<UserStore?>(nil)
  /// What is read: one reading at a time, of each the newest.
  private let reading = DispatchQueue(label: "console.reading")
  /// How often the gateway and the counters are asked.
  private static let interval = DispatchTimeInterval.seconds(2)
  private let isReadingRoster = Atomic<Bool>(false)

  init(_ configuration: GatewayConfiguration, isReadOnly: Bool, _ mailbox: Mailbox) {
    self.configuration = configuration
    self.isReadOnly = isReadOnly
    self.mailbox = mailbox
  }

  func start() {
    if isReadOnly { mailbox.put(.store(.readOnly("Read-only: gateway-admin was started so."))) }
    Task.detached { [self] in await open() }
    reading.async { [self] in look() }
  }

  // MARK: The store

  private func open() async {
    do throws(StoreError) {
      let opened = try await UserStore.open(
        configuration.storePath, creating: !isReadOnly, audit: configuration.audit)
      opened.onPublish { [weak self] _ in self?.readRoster() }
      opened.startWatching()
      store.withLock { $0 = opened }
      readRoster()
    } catch {
      mailbox.put(.store(.unreadable(error)))
    }
  }

  private func readRoster() {
    // Those that come while it is being read are in the next reading.
    guard !isReadingRoster.exchange(true, ordering: .acquiringAndReleasing) else { return }
    reading.async { [self] in
      isReadingRoster.store(false, ordering: .releasing)
      guard let store = store.withLock({ $0 }) else { return }
      mailbox.put(
        .store(
          .loaded(
            Roster(
              path: store.path, generation: store.generation, users: store.users(),
              keys: store.keys()))))
    }
  }

  // MARK: What is looked at again and again

  private func look() {
    readGateway()
    readUsage()
    if let store = store.withLock({ $0 }), case .unreadable(_, let error) = store.health {
      mailbox.put(.store(.unreadable(error)))
    }
    reading.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.look() }
  }

  private let lastGateway = Mutex<[BackendRow]?>(nil)
  private let lastUsage = Mutex<[UsageLine]?>(nil)

  /// Tells only what is new: nothing is painted for what is not.
  private func readGateway() {
    let configured = configuration.backends.map { BackendRow(name: $0.name) }
    do throws(GatewaySocketError) {
      let status = try GatewaySocket(configuration).get("/status")
      let rows = (status["backends"]?.arrayValue ?? []).map(BackendRow.init(status:))
      guard lastGateway.withLock({ $0.replace(with: rows) }) else { return }
      mailbox.put(.gateway(.running(rows, sessions: status["sessions"]?.intValue ?? 0)))
    } catch {
      guard lastGateway.withLock({ $0.replace(with: configured) }) else { return }
      mailbox.put(.gateway(.running(configured, sessions: 0)))
      mailbox.put(.gateway(.absent("start one with gateway serve")))
    }
  }

  private func readUsage() {
    guard let book = try? UsageFile(beside: configuration.storePath).read().book else { return }
    let news = UsageNews(book, now: .now)
    guard lastUsage.withLock({ $0.replace(with: news.byUser + news.byBackend) }) else { return }
    mailbox.put(.usage(news))
  }

  private func readAudit() {
    var rows: [AuditRow] = []
    var intents: [String: JSONValue] = [:]
    try? AuditQuery().search(configuration.auditPath, newest: 1000) { line in
      guard let event = try? JSONValue.parse(line) else { return true }
      if event["phase"] == "intent" {
        intents[event["seq"]?.text ?? ""] = event
      } else {
        rows.append(AuditRow(event, intent: event["intent"].flatMap { intents[$0.text] }))
      }
      return true
    }
    mailbox.put(.audit(rows.reversed()))
  }

  // MARK: Effects

  func perform(_ effect: Effect) {
    switch effect {
    case .change(let change, let number):
      Task.detached { [self] in
        let outcome = await make(change)
        // What was changed is shown before it is said to be.
        readRoster()
        reading.async { [self] in mailbox.put(.changed(number, outcome)) }
      }
    case .reload:
      reading.async { [self] in
        lastGateway.withLock { $0 = nil }
        lastUsage.withLock { $0 = nil }
        readGateway()
        readUsage()
      }
      Task.detached { [self] in
        if let store = store.withLock({ $0 }) {
          _ = try? await store.loadAfterNow()
          readRoster()
        } else {
          await open()
        }
      }
    case .readAudit: reading.async { [self] in readAudit() }
    case .writeFile(let secret, let name):
      reading.async { [self] in mailbox.put(.copied(SecretDrop.write(secret, named: name))) }
    case .copy, .copyText, .repaint, .suspend, .setMouse, .quit: break
    }
  }

  private func make(_ change: StoreChange) async -> StoreOutcome {
    guard let store = store.withLock({ $0 }) else {
      return .failed(.missing(path: configuration.storePath))
    }
    do throws(StoreError) {
      let issued = try await store.make(change)
      return issued.map { .issued(Secret($0.secret), $0.key) } ?? .done
    } catch {
      return .failed(error)
    }
  }
}

extension Optional where Wrapped: Equatable {
  /// Whether it was something else.
  fileprivate mutating func replace(with new: Wrapped) -> Bool {
    guard self != new else { return false }
    self = new
    return true
  }
}

extension UserStore {
  /// - Returns: the key that was made, if one was.
  fileprivate func make(_ change: StoreChange) async throws(StoreError) -> IssuedKey? {
    switch change {
    case .createUser(let name, let email, let description, let firstKey):
      try await createUser(name, email: email, description: description)
      guard let firstKey else { return nil }
      return try await issueKey(for: name, ttl: firstKey)
    case .editUser(let user, let email, let description, let isEnabled):
      try await editUser(
        user.username, email: Self.change(user.email, email),
        description: Self.change(user.description, description), seen: user)
      if isEnabled != user.isEnabled { try await setEnabled(isEnabled, for: user.username) }
    case .setEnabled(let user, let isOn):
      _ = try await setEnabled(isOn, for: user.username, seen: user)
    case .deleteUser(let name): try await deleteUser(name)
    case .issueKey(let name, let keyName, let ttl):
      return try await issueKey(for: name, named: keyName, ttl: ttl)
    case .renameKey(let key, let name): try await renameKey(.id(key.id), to: name, seen: key)
    case .extendKey(let key, let ttl): try await extendKey(.id(key.id), ttl: ttl, seen: key)
    case .rotateKey(let key): return try await rotateKey(.id(key.id))
    case .revokeKeys(let keys): for key in keys { try await revokeKey(.id(key.id)) }
    case .setAccess(let user, let allowed, let blocked):
      try await setAccess(
        for: user.username, allowed: allowed, blocked: blocked, seen: user)
    }
    return nil
  }

  private static func change(_ old: String?, _ new: String?) -> Change<String> {
    guard old != new else { return .keep }
    return new.map { .set($0) } ?? .clear
  }
}
