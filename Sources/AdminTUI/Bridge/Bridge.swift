import CSyscalls
import Dispatch
import GatewayKit
import Synchronization

/// The store, the running gateway and the files beside the store, as messages. Everything here is off the
/// main thread.
final class Bridge: Sendable {
  let configuration: GatewayConfiguration
  let mailbox: Mailbox
  let isReadOnly: Bool
  let store = Mutex<UserStore?>(nil)
  /// What is read: one reading at a time, of each the newest.
  let reading = DispatchQueue(label: "console.reading")
  private let searching = DispatchQueue(label: "console.searching")
  private let listening = DispatchQueue(label: "console.listening")
  let files: BridgeFiles
  /// How often files are looked at, and a gateway that is not there is looked for.
  private static let interval = DispatchTimeInterval.seconds(2)
  private let isReadingRoster = Atomic<Bool>(false)
  private let roster = Mutex(Roster())

  init(_ configuration: GatewayConfiguration, isReadOnly: Bool, _ mailbox: Mailbox) {
    self.configuration = configuration
    self.isReadOnly = isReadOnly
    self.mailbox = mailbox
    files = BridgeFiles(configuration, mailbox)
  }

  func start() {
    if isReadOnly {
      mailbox.put(.store(.readOnly("Read-only: gateway-admin was started with --read-only.")))
    } else if let obstacle = UserStore.obstacle(at: configuration.storePath) {
      mailbox.put(.store(.readOnly("Read-only: \(obstacle)")))
    }
    // What the configuration knows is shown before anybody answers.
    mailbox.put(.gateway(.running(configured, sessions: 0)))
    Task.detached { [self] in await open() }
    reading.async { [self] in
      mailbox.put(.unconfirmed(ConsoleState.load().unconfirmed))
      files.readUsage()
      look()
    }
  }

  // MARK: The store

  private func open() async {
    do throws(StoreError) {
      let opened = try await UserStore.open(
        configuration.storePath, creating: !isReadOnly, audit: configuration.audit)
      opened.onChange { [weak self] in self?.readRoster() }
      opened.startWatching()
      store.withLock { $0 = opened }
      readRoster()
    } catch {
      mailbox.put(.store(.unreadable(error)))
    }
  }

  func readRoster() {
    // Those that come while it is being read are in the next reading.
    guard !isReadingRoster.exchange(true, ordering: .acquiringAndReleasing) else { return }
    reading.async { [self] in
      isReadingRoster.store(false, ordering: .releasing)
      guard let store = store.withLock({ $0 }) else { return }
      let new = Roster(
        path: store.path, generation: store.generation, users: store.users(), keys: store.keys())
      let changed = roster.withLock { old in
        defer { old = new }
        return old.path.isEmpty ? 0 : new.changes(from: old)
      }
      mailbox.put(.store(.loaded(new, changed: changed)))
      // Reading leaves more free memory behind than is used.
      gateway_trim_heap()
      gateway_release_text()
    }
  }

  private func look() {
    files.look()
    // Another thread is waked only for a gateway that is there.
    if !isListening.load(ordering: .acquiring) {
      if !saidAbsent.load(ordering: .relaxed) || GatewaySocket(configuration).isThere {
        isListening.store(true, ordering: .releasing)
        listening.async { [self] in listen() }
      }
    }
    if let store = store.withLock({ $0 }) {
      if case .unreadable(_, let error) = store.health { mailbox.put(.store(.unreadable(error))) }
    }
    reading.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.look() }
  }

  // MARK: The gateway

  private var configured: [BackendRow] {
    configuration.backends.map {
      BackendRow(name: $0.name, state: $0.disabled ? "disabled" : "")
    }
  }

  /// Hears what happens in the gateway until it ends, then waits for the next one.
  private func listen() {
    var wasThere = false
    do throws(GatewaySocketError) {
      try GatewaySocket(configuration).listen { event in
        wasThere = true
        if let news = GatewayNews(event) { mailbox.put(.gateway(news)) }
        self.lookSoon()
        return true
      }
    } catch {
      let isNew = !saidAbsent.exchange(true, ordering: .relaxed)
      if wasThere || isNew {
        mailbox.put(.gateway(.running(configured, sessions: 0)))
        let why =
          error.code == "gateway_not_running"
          ? "not running: start it with gateway serve" : error.message
        mailbox.put(.gateway(.absent(why)))
      }
    }
    isListening.store(false, ordering: .releasing)
  }

  private let isListening = Atomic<Bool>(false)
  private let saidAbsent = Atomic<Bool>(false)
  private let isLooking = Atomic<Bool>(false)

  /// What happens in the gateway is in its files a moment later.
  private func lookSoon() {
    guard !isLooking.exchange(true, ordering: .acquiringAndReleasing) else { return }
    reading.asyncAfter(deadline: .now() + .milliseconds(500)) { [self] in
      isLooking.store(false, ordering: .releasing)
      files.look()
    }
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
      reading.async { [self] in files.readUsage() }
      Task.detached { [self] in
        if let store = store.withLock({ $0 }) {
          try? store.refresh()
          readRoster()
        } else {
          await open()
        }
      }
    case .readUsage(let ask): reading.async { [self] in files.readUsage(ask) }
    case .readAudit(let ask):
      files.forgetSearch()
      searching.async { [self] in files.readAudit(ask) }
    case .writeFile(let secret, let name):
      reading.async { [self] in mailbox.put(.copied(SecretDrop.write(secret, named: name))) }
    case .export(let path, let text):
      reading.async { [self] in mailbox.put(BridgeFiles.export(text, to: path)) }
    case .remember(let key): reading.async { ConsoleState.change { $0.remember(key) } }
    case .forget(let id): reading.async { ConsoleState.change { $0.forget(id) } }
    case .check(let names): Task.detached { [self] in await check(names) }
    case .readTools(let name): Task.detached { [self] in await readTools(name) }
    case .readGenerations, .compare, .restore: Task.detached { [self] in await recover(effect) }
    case .copy, .copyText, .forgetClipboard, .repaint, .suspend, .setMouse, .quit: break
    }
  }

  private func make(_ change: StoreChange) async -> StoreOutcome {
    guard let store = store.withLock({ $0 }) else {
      return .failed(.missing(path: configuration.storePath), made: 0)
    }
    guard case .group(let changes) = change else {
      do throws(StoreError) {
        let issued = try await store.make(change)
        return issued.map { .issued(Secret($0.secret), $0.key) } ?? .done
      } catch {
        return .failed(error, made: 0)
      }
    }
    for (made, change) in changes.enumerated() {
      do throws(StoreError) {
        _ = try await store.make(change)
      } catch {
        return .failed(error, made: made)
      }
    }
    return .done
  }

  // MARK: A store that cannot be read

  private func recover(_ effect: Effect) async {
    do throws(StoreError) {
      let (broken, _) = try await UserStore.openForRestore(
        configuration.storePath, audit: configuration.audit)
      switch effect {
      case .compare(let name):
        let difference = try broken.difference(to: name)
        mailbox.put(.shown(TextBox(title: "Back to generation \(name)", lines: difference.lines())))
      case .restore(let name):
        try await broken.restore(name)
        store.withLock { $0 = nil }
        await open()
        // Behind what the reading says.
        reading.async { [self] in
          mailbox.put(
            .said("Restored generation \(name); the file that was is kept.", isError: false))
        }
      default: mailbox.put(.store(.generations(broken.generations())))
      }
    } catch {
      // Which generations there are nobody asked for, and the pane says already what is wrong.
      if case .readGenerations = effect { return }
      mailbox.put(.said("\(error)", isError: true))
    }
  }
}
