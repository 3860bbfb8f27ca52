import CNcurses
import GatewayKit
import Glibc

/// The loop: everything that has happened is applied, then there is one frame, then it sleeps.
///
/// It runs on the main thread and waits for nothing but the next thing to happen: what takes time is done
/// elsewhere, and comes back through the mailbox.
struct Console: ~Copyable {
  private var model: Model
  private var terminal: Terminal
  private var input = TerminalInput()
  private let mailbox: Mailbox
  private let bridge: Bridge
  /// Data that nobody waits for is painted no more often than this.
  private static let frameTime = Duration.milliseconds(100)
  private var lastFrame = ContinuousClock.now
  private var isDirty = true
  private var mayNotDump = false

  init(_ model: Model, _ terminal: consuming Terminal, _ mailbox: Mailbox, _ bridge: Bridge) {
    self.model = model
    self.terminal = terminal
    self.mailbox = mailbox
    self.bridge = bridge
  }

  /// Until it is over. Ends the process: taking a large model apart first would only keep people waiting.
  consuming func run() -> Never {
    let remark = terminal.remark
    let code = loop()
    terminal.stop()
    if let remark { StandardError.say(remark) }
    exit(code)
  }

  private mutating func loop() -> Int32 {
    tick()
    _ = model.update(.resize(terminal.size))
    guard paint() else { return 129 }
    while true {
      let happened = console_poll(patience)
      tick()
      if happened & Int32(CONSOLE_HAS_HANGUP) != 0 { return 129 }
      var effects: [Effect] = []
      var hasKeys = false
      var isAwaited = false
      for message in signals() + input.messages(size: { [size = terminal.size] in size }) {
        hasKeys = true
        effects += model.update(message)
      }
      if input.hasEnded { return 129 }
      for message in mailbox.takeAll() {
        isDirty = true
        if case .changed = message { isAwaited = true }
        let wasLoaded = model.isLoaded
        effects += model.update(message)
        if model.isLoaded != wasLoaded { isAwaited = true }
      }
      if hasKeys { isDirty = true }
      for effect in effects {
        if let code = perform(effect) { return code }
      }
      if isDirty, hasKeys || isAwaited || ContinuousClock.now - lastFrame >= Self.frameTime {
        guard paint() else { return 129 }
      }
    }
  }

  /// How long nothing need happen, in milliseconds; -1 is for ever.
  private var patience: Int32 {
    var wait: Duration?
    func within(_ time: Duration) { wait = min(wait ?? time, time) }
    if isDirty { within(Self.frameTime - (ContinuousClock.now - lastFrame)) }
    if let until = model.notice?.until { within(model.now.duration(to: until)) }
    if let moving { within(moving) }
    guard let wait else { return -1 }
    let (seconds, attoseconds) = max(.zero, wait).components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  /// How long what is shown stays true though nothing happens; nil for ever.
  private var moving: Duration? {
    if !model.pending.isEmpty { return .milliseconds(500) }
    let isLive = model.pane == .usage || model.pane == .backends
    return isLive && !model.isPaused && model.hasRates ? .seconds(10) : nil
  }

  private mutating func tick() {
    let hadNotice = model.notice != nil
    _ = model.update(.clock(.now, zone: Self.zone))
    if hadNotice, model.notice == nil { isDirty = true }
    if let moving, ContinuousClock.now - lastFrame >= moving { isDirty = true }
    let showsKey = model.showsKey
    if showsKey != mayNotDump { console_allow_dumps(!showsKey) }
    mayNotDump = showsKey
  }

  /// Seconds that the local clock is ahead of UTC.
  private static var zone: Int {
    var now = time(nil)
    var local = tm()
    localtime_r(&now, &local)
    return local.tm_gmtoff
  }

  private mutating func paint() -> Bool {
    isDirty = false
    lastFrame = .now
    return terminal.show(view(model), theme: model.theme)
  }

  private mutating func signals() -> [Message] {
    var messages: [Message] = []
    while case let signal = console_next_signal(), signal != 0 {
      switch signal {
      case SIGWINCH: messages.append(.resize(terminal.size))
      case SIGTSTP: messages.append(.key(.control("z")))
      case SIGINT: messages.append(.end(130))
      case SIGTERM: messages.append(.end(143))
      case SIGQUIT: messages.append(.end(131))
      case SIGHUP: messages.append(.end(129))
      default: break
      }
    }
    return messages
  }

  /// - Returns: the exit status when it is over.
  private mutating func perform(_ effect: Effect) -> Int32? {
    switch effect {
    case .quit(let code): return code
    case .repaint: terminal.repaint()
    case .suspend:
      if !terminal.suspend() { mailbox.put(.cannotSuspend) }
      terminal.repaint()
      mailbox.put(.resize(terminal.size))
      isDirty = true
    case .setMouse(let isOn): console_set_mouse(isOn)
    case .copy(let secret): copy(secret.text, isSecret: true)
    case .copyText(let text): copy(text, isSecret: false)
    case .forgetClipboard:
      let mailbox = mailbox
      Task.detached { mailbox.put(await Clipboard.forgetInTmux()) }
    default: bridge.perform(effect)
    }
    return nil
  }

  private func copy(_ text: String, isSecret: Bool) {
    let mailbox = mailbox
    guard Clipboard.isBehindTmux else {
      return mailbox.put(.copied(Clipboard.copyByControlString(text)))
    }
    Task.detached {
      mailbox.put(.copied(await Clipboard.copyThroughTmux(text, isSecret: isSecret)))
      guard isSecret else { return }
      try? await Task.sleep(for: .seconds(60))
      mailbox.put(
        .said("tmux still holds the key for pasting; :clipboard forget deletes it.", isError: false)
      )
    }
  }
}
