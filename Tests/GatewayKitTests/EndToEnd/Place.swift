import Foundation

/// Where the things are that end-to-end tests run.
enum Place {
  /// The package's directory.
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `GATEWAY_TEST_PROGRAM`, else the built `gateway` beside the program that runs the tests.
  static var gateway: String {
    get throws {
      if let file = ProcessInfo.processInfo.environment["GATEWAY_TEST_PROGRAM"] { return file }
      let own = URL(
        filePath: try FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/exe"))
      let candidates =
        [own.deletingLastPathComponent()]
        + CommandLine.arguments.filter { $0.contains(".build") }.map {
          URL(filePath: $0).deletingLastPathComponent()
        } + [package.appending(path: ".build/debug")]
      for directory in candidates {
        let file = directory.appending(path: "gateway").path
        if FileManager.default.isExecutableFile(atPath: file) { return file }
      }
      throw ProgramFailure("the gateway is not built; run: swift build --product gateway")
    }
  }

  /// Python with the official MCP SDK.
  static var python: String {
    get throws {
      let file =
        ProcessInfo.processInfo.environment["GATEWAY_TEST_PYTHON"]
        ?? package.appending(path: ".venv-test/bin/python").path
      guard FileManager.default.isExecutableFile(atPath: file) else {
        throw ProgramFailure("\(file) is missing; run: Scripts/test peers")
      }
      return file
    }
  }

  static func peer(_ program: String) -> String {
    package.appending(path: "Tests/Peers/\(program)").path
  }

  /// A new empty directory, readable by its owner only, until the tests end.
  static func temporaryDirectory() throws -> String {
    let name = FileManager.default.temporaryDirectory.appending(path: "gateway-test-XXXXXX").path
    var template = Array(name.utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ProgramFailure("no temporary directory: errno \(errno)")
    }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    Leftovers.add(directory: path)
    return path
  }

  /// The SHA-256 of a text in hex, by another program than ours.
  static func sha256(of text: String) async throws -> String {
    let file = "\(try temporaryDirectory())/text"
    try Data(text.utf8).write(to: URL(filePath: file))
    let (code, output, error) = try await Program.run("/usr/bin/sha256sum", [file])
    guard code == 0 else { throw ProgramFailure("sha256sum: \(error)") }
    return String(output.prefix(64))
  }
}
