import Foundation

/// A program that a test runs: lines in, lines out, an exit code.
final class Program: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  private let outputReader: LineReader
  private let errorReader: LineReader

  var processIdentifier: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// - Parameter environment: added to this process's own.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    directory: String? = nil, output file: String? = nil
  ) throws {
    Self.ignoreBrokenPipes
    let output = Pipe()
    let error = Pipe()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    process.standardInput = input
    process.standardOutput = output
    if let file { process.standardOutput = try FileHandle(forWritingTo: URL(filePath: file)) }
    process.standardError = error
    outputReader = LineReader(output.fileHandleForReading)
    errorReader = LineReader(error.fileHandleForReading)
    try process.run()
    outputReader.start()
    errorReader.start()
  }

  /// A program that has ended is an error of the write to it, not the end of the tests.
  private static let ignoreBrokenPipes: Void = { _ = Foundation.signal(SIGPIPE, SIG_IGN) }()

  func write(line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
  }

  func closeInput() {
    try? input.fileHandleForWriting.close()
  }

  /// The next line of standard output, or nil at its end.
  func nextLine(within limit: Duration = .seconds(30)) async throws -> String? {
    try await outputReader.next(within: limit)
  }

  /// Reads standard error up to a line that holds the text, and gives that line.
  func errorLine(containing text: String, within limit: Duration = .seconds(30)) async throws
    -> String
  {
    let end = ContinuousClock.now + limit
    while let line = try await errorReader.next(within: end - .now) {
      if line.contains(text) { return line }
    }
    throw ProgramFailure(
      "\(name) ended without writing \"\(text)\"; it wrote:\n\(errorReader.everything)")
  }

  var name: String { process.executableURL?.lastPathComponent ?? "program" }

  /// Everything that came on standard error so far.
  var errorText: String { errorReader.everything }
  var outputText: String { outputReader.everything }

  func signal(_ number: Int32) {
    kill(process.processIdentifier, number)
  }

  /// The exit code, once it has ended and its output is read.
  ///
  /// - Throws: ``ProgramFailure`` if it takes longer than the limit; it is killed then.
  @discardableResult
  func exitCode(within limit: Duration = .seconds(30)) async throws -> Int32 {
    let end = ContinuousClock.now + limit
    while process.isRunning {
      guard ContinuousClock.now < end else {
        signal(SIGKILL)
        throw ProgramFailure("\(name) did not end within \(limit):\n\(errorText)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    Leftovers.remove(process: process.processIdentifier)
    await outputReader.finished()
    await errorReader.finished()
    return process.terminationStatus
  }

  /// Runs a program to its end with nothing on its input.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    input: String? = nil
  ) async throws -> (code: Int32, output: String, error: String) {
    let program = try Program(executable, arguments, environment: environment)
    if let input { try program.write(line: input) }
    program.closeInput()
    let code = try await program.exitCode()
    return (code, program.outputText, program.errorText)
  }
}

/// What went wrong with a program that a test runs, in its own words.
struct ProgramFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
