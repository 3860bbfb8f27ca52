import Glibc
import Synchronization

@testable import GatewayKit

/// File calls that are written down, and of which one fails.
final class CallRecorder: Sendable {
  /// What one call does instead of succeeding.
  struct Fault {
    /// The call's place among all calls, from 0.
    let place: Int
    let code: Int32
    /// A write that writes half before the next one fails.
    var isShort = false
  }

  private let state = Mutex<(trace: [String], names: [Int32: String])>(([], [:]))
  private let fault: Fault?

  init(_ fault: Fault? = nil) { self.fault = fault }

  /// One word a call: `open tmp`, `fsync tmp`, `rename tmp json` …
  var trace: [String] { state.withLock { $0.trace } }

  func mark(_ word: String) { state.withLock { $0.trace.append(word) } }

  private static func short(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard name.hasPrefix("users.json") else { return "directory" }
    return name == "users.json" ? "file" : String(name.dropFirst("users.json.".count))
  }

  /// Whether the call is the one that fails; `errno` is set then.
  private func fails(_ word: String) -> Bool {
    let place = state.withLock { state in
      state.trace.append(word)
      return state.trace.count - 1
    }
    guard let fault, fault.place == place, !fault.isShort else { return false }
    errno = fault.code
    return true
  }

  private func name(_ descriptor: Int32) -> String {
    state.withLock { $0.names[descriptor] ?? "?" }
  }

  var calls: FileCalls {
    let real = FileCalls.system
    return FileCalls(
      open: { [self] path, flags, mode in
        if fails("open \(Self.short(path))") { return -1 }
        let descriptor = real.open(path, flags, mode)
        state.withLock { $0.names[descriptor] = Self.short(path) }
        return descriptor
      },
      write: { [self] descriptor, bytes in
        let place = trace.count
        if fails("write \(name(descriptor))") { return -1 }
        guard let fault, fault.isShort, place >= fault.place else {
          return real.write(descriptor, bytes)
        }
        // The disk fills up in the middle.
        if place > fault.place {
          errno = fault.code
          return -1
        }
        return real.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
      },
      fsync: { [self] in fails("fsync \(name($0))") ? -1 : real.fsync($0) },
      fchown: { [self] in fails("fchown \(name($0))") ? -1 : real.fchown($0, $1, $2) },
      fchmod: { [self] in fails("fchmod \(name($0))") ? -1 : real.fchmod($0, $1) },
      rename: { [self] in
        fails("rename \(Self.short($0)) \(Self.short($1))") ? -1 : real.rename($0, $1)
      },
      link: { [self] in
        fails("link \(Self.short($0)) \(Self.short($1))") ? -1 : real.link($0, $1)
      },
      unlink: { [self] in fails("unlink \(Self.short($0))") ? -1 : real.unlink($0) },
      close: { [self] in
        let isFailing = fails("close \(name($0))")
        let result = real.close($0)
        return isFailing ? -1 : result
      })
  }
}
