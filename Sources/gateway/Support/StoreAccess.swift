import GatewayKit
import Glibc

extension CommonOptions {
  /// The store that this command works on. Only `creating` makes one where none is, and says so.
  func store(creating: Bool = false) async throws -> UserStore {
    let path = try configuration().storePath
    if access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR {
      guard creating else { throw Self.missing(path) }
      Output.complain("creating the store \(SafeText.make(path))", prefixed: true)
    }
    return try await UserStore.open(path, creating: creating)
  }

  private static func missing(_ path: String) -> CommandFailure {
    .notFound(
      "store_missing",
      "There is no store at \(path); name another with --users-db, USERS_DB_PATH or gateway.store in "
        + "the configuration, or make one with: gateway users create NAME")
  }
}

extension UserStore {
  /// The user of this name.
  func existing(_ username: String) throws(CommandFailure) -> User {
    guard let user = user(username) else {
      throw .notFound(
        "user_not_found",
        "There is no user \"\(username)\"; gateway users list shows them all.")
    }
    return user
  }
}
