import Foundation
import Glibc

@testable import GatewayKit

extension RunningGateway {
  /// Seconds of processor time that it has used.
  func processorTime() throws -> Double {
    let text = try String(
      contentsOfFile: "/proc/\(program.processIdentifier)/stat", encoding: .utf8)
    // proc(5): the fields behind the name, which is in parentheses; utime and stime are the 14th and 15th.
    let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst()
    let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }.reduce(0, +)
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Resident memory of its own, in bytes: the program's text comes and goes.
  func memory() throws -> Int {
    let text = try String(
      contentsOfFile: "/proc/\(program.processIdentifier)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
    guard let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw ProgramFailure("no RssAnon")
    }
    return kilobytes << 10
  }
}
