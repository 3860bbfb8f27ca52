import FoundationEssentials
import Glibc

/// Who makes a change: a principal of the REST API, or a program on this machine and the person behind
/// it, as far as the system knows.
package enum AuditActor: Sendable {
  /// The actor of the changes that the present task makes; this process where nobody says.
  @TaskLocal package static var current: AuditActor?

  /// Over REST, with the admin key, which may be several people's: their address tells them apart.
  case adminKey(from: String, request: String)
  /// Over the owner-only socket.
  case socket(uid: UInt32, request: String)
  /// A program that works on the store itself.
  case process(JSONValue)

  var json: JSONValue {
    switch self {
    case .adminKey(let address, let request):
      ["by": "admin-key", "from": .string(address), "request": .string(request)]
    case .socket(let uid, let request):
      ["by": "socket", "uid": .number(String(uid)), "request": .string(request)]
    case .process(let facts): facts
    }
  }

  /// This process. What it says is found out once.
  static let thisProcess: AuditActor = {
    let environment = ProcessInfo.processInfo.environment
    var facts = JSONObject([("by", "process"), ("uid", .number(String(geteuid())))])
    facts["account"] = name(of: getuid()).map(JSONValue.string)
    // proc_pid_loginuid(5): who logged in, whatever su and sudo made of it; 2^32-1 when nobody did.
    if let login = number(in: "/proc/self/loginuid"), login != UInt32.max {
      facts["login_uid"] = .number(String(login))
      facts["login"] = name(of: login).map(JSONValue.string)
    }
    facts["sudo_user"] = environment["SUDO_USER"].map { .string(shortened($0)) }
    facts["tty"] = terminal().map(JSONValue.string)
    facts["ssh"] = environment["SSH_CONNECTION"].map { .string(shortened($0)) }
    facts["pid"] = .number(String(getpid()))
    let program = CommandLine.arguments.first?.split(separator: "/").last
    facts["program"] = program.map { .string(shortened(String($0))) }
    return .process(.object(facts))
  }()

  private static func name(of uid: uid_t) -> String? {
    getpwuid(uid).map { shortened(String(cString: $0.pointee.pw_name)) }
  }

  private static func number(in file: String) -> UInt32? {
    guard let bytes = try? PlainFile.read(file) else { return nil }
    return UInt32(String(decoding: bytes, as: UTF8.self).trimmingPrefix { $0.isWhitespace })
  }

  private static func terminal() -> String? {
    var name = [CChar](repeating: 0, count: 128)
    guard ttyname_r(STDIN_FILENO, &name, name.count) == 0 else { return nil }
    return shortened(
      String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// What an environment says is nobody's word but its own.
  private static func shortened(_ text: String) -> String { String(text.prefix(128)) }
}
