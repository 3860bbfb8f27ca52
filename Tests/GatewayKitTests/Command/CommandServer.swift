import Glibc
import Testing

@testable import GatewayKit

/// `gateway serve` in a folder, while commands look at it.
enum CommandServer {
  /// Starts `gateway serve` in `folder`; nil when it is not ready after 20 seconds.
  static func start(_ arguments: [String], in folder: ConfigurationFolder) throws -> pid_t {
    let log = try folder.write("serve.log", "")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_APPEND, 0)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_APPEND, 0)
    let program = "/usr/bin/env"
    let all = [program, "-C", folder.path, try CommandRun.executable(), "serve"] + arguments
    let words = all.map { strdup($0) } + [nil]
    let variables = folder.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid = pid_t()
    try #require(posix_spawn(&pid, program, &actions, nil, words, variables) == 0)
    for _ in 0..<400 {
      if try ConfigurationFolder.text(of: log).contains("listening on http://") { return pid }
      usleep(50_000)
    }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    throw CommandRun.Failure(reason: try ConfigurationFolder.text(of: log))
  }

  @discardableResult static func stop(_ pid: pid_t) -> Int32 {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }
}
