import CSyscalls
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Keeps a stdio child from outliving the gateway, and what it starts from outliving the child,
/// also when the gateway is killed and cannot end anything itself.
///
/// The guard is the gateway's own program, started again between the gateway and the child: as the
/// subreaper of all that descends from it, it can find and end what has left the process group
/// (prctl(2), `PR_SET_CHILD_SUBREAPER`). A parent-death signal of the child alone would not do: it
/// is tied to the thread that forked, and nothing of it reaches grandchildren.
public enum ChildGuard {
  private static let word = "child-guard"
  /// This program, also after its file was replaced by a newer one.
  private static let program = "/proc/self/exe"
  private static let isThere = Atomic<Bool>(false)

  /// Whether this program can be its children's guard.
  static var isAvailable: Bool { isThere.load(ordering: .relaxed) }

  /// Becomes the guard and never returns, if this process was started as one.
  ///
  /// Call it first in a program's `main`, while there is one thread. Only a program that does can
  /// guard its children.
  public static func takeOver() {
    let arguments = CommandLine.unsafeArgv
    guard CommandLine.argc > 3, let first = arguments[1], strcmp(first, word) == 0,
      let number = arguments[2], let gateway = pid_t(String(cString: number))
    else {
      isThere.store(access(program, X_OK) == 0, ordering: .relaxed)
      return
    }
    gateway_guard(gateway, arguments + 3)
  }

  /// How a command is started under a guard.
  static func launch(_ command: String, _ arguments: [String]) -> (Executable, Arguments) {
    (
      .path(SystemPackage.FilePath(program)),
      Arguments(
        executablePathOverride: "gateway",
        remainingValues: [word, "\(getpid())", command] + arguments)
    )
  }
}
