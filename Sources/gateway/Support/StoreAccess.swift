import GatewayKit
import Glibc

extension CommonOptions {
  /// The store that this command works on, which must be there.
  func store() async throws -> UserStore {
    let configuration = try configuration(for: .store)
    let path = configuration.storePath
    guard Self.isThere(path) else { throw Self.missing(path) }
    return UnloggedChange.watch(try await UserStore.open(path, audit: configuration.audit))
  }

  /// The store, even when its file is broken or gone, to go back to an earlier one; and what is wrong
  /// with it.
  func storeForRestore() async throws -> (store: UserStore, damage: StoreError?) {
    let configuration = try configuration(for: .store)
    do {
      let opened = try await UserStore.openForRestore(
        configuration.storePath, audit: configuration.audit)
      return (UnloggedChange.watch(opened.store), opened.damage)
    } catch StoreError.missing {
      throw Self.missing(configuration.storePath)
    }
  }

  /// The store, made where none is; and its full path when it was made just now.
  func storeOrNew() async throws -> (store: UserStore, madeAt: String?) {
    let configuration = try configuration(for: .store)
    let path = configuration.storePath
    let isNew = !Self.isThere(path)
    let store = UnloggedChange.watch(
      try await UserStore.open(path, creating: true, audit: configuration.audit))
    if isNew, !json {
      Output.complain("made the store \(TerminalText.line(path))", prefixed: true)
    }
    return (store, isNew ? path : nil)
  }

  private static func isThere(_ path: String) -> Bool {
    access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR
  }

  private static func missing(_ path: String) -> CommandFailure {
    .notFound(
      "store_missing",
      "There is no store at \(path); name another with --users-db, USERS_DB_PATH or gateway.store in "
        + "the configuration, or make one with: gateway users create NAME")
  }

  /// Says that there is no such user: what is shown of one who was deleted, or nothing at all, would
  /// else be taken for all that there is of one who is there.
  func noteUnknown(_ user: String?) async {
    guard !json, let user, let store = try? await store(), store.user(user) == nil else { return }
    Output.complain(
      "there is no user \"\(TerminalText.line(user))\" now; gateway users list shows them all",
      prefixed: true)
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
