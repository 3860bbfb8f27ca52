import FoundationEssentials
import Glibc

@testable import GatewayKit

/// A directory of its own for one test, with a home beside it, gone when the test is.
final class ConfigurationFolder {
  let path: String
  var environment: [String: String]

  init() throws {
    var template = Array("/tmp/gateway-configuration-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(reason: "mkdtemp: errno \(errno)") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    environment = ["HOME": "\(path)/home"]
  }

  struct Failure: Error {
    let reason: String
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  private var counter = 0

  /// A number that was not given before.
  func nextNumber() -> Int {
    counter += 1
    return counter
  }

  /// Writes `text` to `name` below the directory, making directories on the way.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    var directory = path
    for part in name.split(separator: "/").dropLast() {
      directory += "/\(part)"
      mkdir(directory, 0o700)
    }
    let file = "\(path)/\(name)"
    guard let stream = fopen(file, "w") else { throw Failure(reason: "fopen \(file)") }
    defer { fclose(stream) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
      throw Failure(reason: "fwrite \(file)")
    }
    return file
  }

  /// Whether there is anything called `name` below the directory.
  func holds(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  /// The text of any file.
  static func text(of file: String) throws -> String {
    guard let bytes = try PlainFile.read(file) else { throw Failure(reason: "there is no \(file)") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Loads as a program started in this directory would.
  func load(
    _ change: (inout ConfigurationFlags) -> Void = { _ in }
  ) throws(ConfigurationError) -> GatewayConfiguration {
    var flags = ConfigurationFlags()
    change(&flags)
    return try GatewayConfiguration.load(flags: flags, environment: environment, directory: path)
  }

  /// Writes `gateway.json` and loads.
  func load(json: String) throws -> GatewayConfiguration {
    try write("gateway.json", json)
    return try load()
  }

  /// Writes `gateway.json` and says why it cannot be loaded, with the directory cut out; "" when it can.
  func refusal(json: String) throws -> String {
    try write("gateway.json", json)
    return refusal()
  }

  func refusal(_ change: (inout ConfigurationFlags) -> Void = { _ in }) -> String {
    do {
      _ = try load(change)
      return ""
    } catch {
      return error.description.replacing("\(path)/", with: "")
    }
  }
}
