import Glibc
import Logging
import Subprocess
import SystemPackage

extension StdioChild {
  /// How long a child may take to end when its input ends, then when it is told to, and then when
  /// it is killed: so much in all that a gateway whose drain took its 8 s stops within 10 s.
  private static let patience: [(signal: Int32?, time: Duration)] = [
    (nil, .milliseconds(600)), (SIGTERM, .milliseconds(500)), (SIGKILL, .milliseconds(300)),
  ]

  /// How much of a line of error output is logged that is too long.
  private static let logLineKept = 1024

  /// Writing to a child that has ended is an error of that write, not the gateway's end.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  // MARK: Running

  /// Runs the child to its end; why it ended.
  func run(_ launch: ChildLaunch) async -> String {
    Self.ignoreBrokenPipes
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(
        signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
    ]
    if ChildGuard.isAvailable {
      options.teardownSequence.append(
        .send(signal: .userDefinedOne, allowedDurationToNextStep: .milliseconds(300)))
    }
    var variables: [Environment.Key: String] = [:]
    for (name, value) in ChildEnvironment.variables(adding: launch.environment) {
      variables[Environment.Key(stringLiteral: name)] = value
    }
    var executable: Executable =
      launch.command.contains("/")
      ? .path(SystemPackage.FilePath(launch.command)) : .name(launch.command)
    var arguments = Arguments(launch.arguments)
    do {
      if ChildGuard.isAvailable {
        let path = try await executable.resolveExecutablePath(in: .custom(variables)).description
        guard access(path, X_OK) == 0 else {
          return startFailure(String(cString: strerror(errno)), launch)
        }
        (executable, arguments) = ChildGuard.launch(path, launch.arguments)
      }
      let result = try await Subprocess.run(
        executable, arguments: arguments, environment: .custom(variables),
        workingDirectory: launch.directory.map { SystemPackage.FilePath($0) },
        platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        let pid = execution.processIdentifier.value
        state.withLock { $0.pid = pid }
        logger.info("\(backend): process \(pid) started")
        await withTaskGroup { group in
          group.addTask { await self.write(to: execution.standardInputWriter) }
          group.addTask { await self.log(execution.standardError) }
          await self.read(execution.standardOutput)
          self.send.finish()
          await execution.teardown(using: options.teardownSequence)
        }
        return pid
      }
      await endGroup(of: result.closureResult)
      return ending(result.terminationStatus)
    } catch {
      return startFailure(error, launch)
    }
  }

  /// What the child has started may outlive it in its process group.
  private func endGroup(of pid: Int32) async {
    guard kill(-pid, SIGTERM) == 0 else { return }
    for _ in 0..<10 {
      try? await Task.sleep(for: .milliseconds(20))
      guard kill(-pid, 0) == 0 else { return }
    }
    kill(-pid, SIGKILL)
  }

  private func ending(_ status: TerminationStatus) -> String {
    let (verdict, lastWords) = state.withLock { ($0.verdict, $0.lastWords) }
    if let verdict { return verdict }
    let how =
      switch status {
      case .exited(let code): "its process ended with status \(code)"
      case .signaled(let signal): "its process was ended by signal \(signal)"
      }
    return lastWords.map { "\(how); it last wrote: \($0)" } ?? how
  }

  private func startFailure(_ error: any Error, _ launch: ChildLaunch) -> String {
    let command = SafeText.line(launch.command)
    if let error = error as? SubprocessError, error.code == .executableNotFound {
      return "the command \(command) is not found: give its full path, or put it into PATH"
    }
    return startFailure("\(error)", launch)
  }

  private func startFailure(_ reason: String, _ launch: ChildLaunch) -> String {
    "the command \(SafeText.line(launch.command)) could not be run: \(SafeText.line(reason))"
  }

  // MARK: Its three streams

  private func write(to writer: StandardInputWriter) async {
    for await message in outgoing {
      do {
        _ = try await writer.write(message + [UInt8(ascii: "\n")])
      } catch {
        // It has ended, or soon will; if not, it can hear nothing any more.
        Task { [weak self] in
          try? await Task.sleep(for: .seconds(1))
          self?.condemn("it closed its input")
        }
        break
      }
      state.withLock { $0.queued -= message.count }
    }
    try? await writer.finish()
  }

  private func read(_ output: SubprocessOutputSequence) async {
    var lines = LineSplitter(limit: Self.lineLimit)
    var long = MessageOutline()
    do {
      for try await part in output {
        part.withUnsafeBytes { bytes in
          lines.take(bytes) { part in
            switch part {
            case .line(let line):
              if !line.isEmpty { received(line) }
            case .excess(let bytes):
              long.take(bytes)
              if long.isEndless { condemn("it writes a message that does not end") }
            case .excessEnd:
              overflowed(long)
              long = MessageOutline()
            }
          }
        }
      }
    } catch {
      logger.debug("\(backend): its output ended: \(error)")
    }
  }

  private func log(_ output: SubprocessOutputSequence) async {
    var lines = LineSplitter(limit: 8192)
    var isCut = false
    do {
      for try await part in output {
        part.withUnsafeBytes { bytes in
          lines.take(bytes) { part in
            switch part {
            case .line(let line):
              said(line)
            case .excess(let bytes):
              if !isCut { said(bytes.prefix(Self.logLineKept) + Array(" … (cut)".utf8)) }
              isCut = true
            case .excessEnd:
              isCut = false
            }
          }
        }
      }
    } catch {
      logger.debug("\(backend): its error output ended: \(error)")
    }
  }

  /// A line of its error output.
  private func said(_ line: some Collection<UInt8>) {
    guard !line.isEmpty else { return }
    let text = SafeText.line(line)
    logger.info("\(backend): \(text)")
    state.withLock { $0.lastWords = String(text.prefix(300)) }
  }

  // MARK: Ending

  /// Has the child end, and waits until it has: by the end of its input, and by signals to its
  /// whole process group if it does not heed that.
  func stop() async {
    state.withLock { $0.wasAskedToEnd = true }
    await bringToEnd()
  }

  /// Ends a child that does what it must not. That counts as a failure of the backend.
  func condemn(_ verdict: String) {
    let isNews = state.withLock { state in
      guard state.end == nil, !state.wasAskedToEnd, state.verdict == nil else { return false }
      state.verdict = verdict
      return true
    }
    guard isNews else { return }
    logger.error("\(backend): its process is ended: \(verdict)")
    Task { await bringToEnd() }
  }

  private func bringToEnd() async {
    send.finish()
    if state.withLock({ $0.pid }) == nil { state.withLock { $0.process }?.cancel() }
    guard let process = state.withLock({ $0.process }) else { return }
    for (signal, time) in Self.patience {
      if let signal, let pid = state.withLock({ $0.end == nil ? $0.pid : nil }) {
        if signal == SIGKILL, ChildGuard.isAvailable {
          // The guard kills, for it finds those too that have left the group.
          kill(pid, SIGUSR1)
        } else {
          kill(-pid, signal)
        }
      }
      // Nil: it has not ended yet.
      if case .some = try? await Deadline.value(of: process, within: time) { return }
    }
  }

  func finish(_ error: BackendError) {
    let (exchanges, wasAsked) = state.withLock { state in
      state.end = error
      defer { state.exchanges = [:] }
      return (state.exchanges.values, state.wasAskedToEnd)
    }
    send.finish()
    for exchange in exchanges {
      exchange.expiry?.cancel()
      exchange.messages.finish(throwing: error)
    }
    events.ended(self, error, wasAsked)
  }
}
