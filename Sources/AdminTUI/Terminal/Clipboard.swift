import CNcurses
import GatewayKit
import Glibc
import Subprocess

/// The ways to the clipboard of the terminal that somebody sits at (console design, 3.7). None of them
/// answers, so what was sent is never said to have arrived.
enum Clipboard {
  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether tmux stands between: with its defaults it lets no control string through, and takes the text
  /// itself. That is another process, so it must not be waited for where keys are.
  static var isBehindTmux: Bool { environment("TMUX") != nil }

  /// tmux's buffer of its own for keys, so that it can be deleted.
  static let buffer = "gateway-key"

  static func copyThroughTmux(_ text: String, isSecret: Bool) async -> CopyOutcome {
    // Over standard input: arguments are everybody's to read.
    let result = try? await run(
      .name("tmux"),
      arguments: .init(["load-buffer", "-w"] + (isSecret ? ["-b", buffer] : []) + ["-"]),
      input: .string(text), output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess == true
      ? .sent(via: "through tmux", count: text.count)
      : .unavailable(
        "tmux did not take it. Select the text with the mouse, or w writes it to a file only you can read."
      )
  }

  /// tmux keeps what it was given for whoever pastes there.
  static func forgetInTmux() async -> Message {
    let result = try? await run(
      .name("tmux"), arguments: ["delete-buffer", "-b", buffer], output: .discarded,
      error: .discarded)
    return result?.terminationStatus.isSuccess == true
      ? .said("tmux forgot the key. Your terminal's clipboard is your own.", isError: false)
      : .said("tmux has no key of this console.", isError: false)
  }

  /// By a control string, which only the thread of the terminal may write.
  static func copyByControlString(_ text: String) -> CopyOutcome {
    let type = environment("TERM") ?? ""
    guard !type.hasPrefix("linux"), !type.hasPrefix("vt"), type != "dumb", !type.isEmpty else {
      return .unavailable(
        "This terminal has no clipboard channel (TERM=\(type)). Select the text with the mouse, or w writes it to a file only you can read."
      )
    }
    let sequence = "\u{1B}]52;c;\(Base64.encode(Array(text.utf8)))\u{7}"
    let bytes = environment("STY") != nil ? wrapped(Array(sequence.utf8)) : Array(sequence.utf8)
    let result = bytes.withUnsafeBytes { console_write($0.baseAddress, $0.count) }
    guard result == 0 else {
      return .unavailable("The terminal did not take it: \(String(cString: strerror(result))).")
    }
    return .sent(via: "by OSC 52", count: text.count)
  }

  /// What goes through GNU screen does so in pieces that it passes on as they are.
  private static func wrapped(_ sequence: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = sequence[...]
    while !rest.isEmpty {
      bytes += Array("\u{1B}P".utf8) + rest.prefix(760) + Array("\u{1B}\\".utf8)
      rest = rest.dropFirst(760)
    }
    return bytes
  }
}
