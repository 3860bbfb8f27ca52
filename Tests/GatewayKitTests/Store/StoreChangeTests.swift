import Foundation
import Testing

@testable import GatewayKit

@Suite("Changes by others are noticed")
struct StoreChangeTests {
  @Test func theFirstQuestionIsAnsweredYes() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store()
    var probe = StoreChangeProbe(storePath: folder.path)
    let first = probe.changed()
    let second = probe.changed()
    #expect(first && !second)
    let hasEvents = probe.hasEvents
    #expect(hasEvents)
  }

  @Test func everyWayToChangeTheFileIsSeenAndNothingElse() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    var probe = StoreChangeProbe(storePath: folder.path)
    var other = StoreChangeProbe(storePath: folder.path)
    _ = probe.changed()
    _ = other.changed()
    func expect(_ isChanged: Bool, _ what: String, _ probe: inout StoreChangeProbe) {
      let seen = probe.changed()
      #expect(seen == isChanged, "\(what)")
    }
    try folder.write("x", to: "audit.jsonl")
    try folder.write("x", to: "users.json.backup")
    try folder.write("x", to: "users.jsonx")
    expect(false, "other files", &probe)
    try await store.createUser("bob")
    expect(true, "a write by a store", &probe)
    expect(false, "nothing", &probe)
    expect(true, "the same write, asked by another loop", &other)
    // In place, as an editor or a redirection.
    let bytes = try folder.bytes()
    try Data(bytes).write(to: URL(filePath: folder.path))
    expect(true, "a write in place", &probe)
    #expect(rename(folder.path, folder.path + ".away") == 0)
    expect(true, "moved away", &probe)
    #expect(link(folder.path + ".away", folder.path) == 0)
    expect(true, "linked", &probe)
    #expect(unlink(folder.path) == 0)
    expect(true, "removed", &probe)
  }

  @Test func aDirectoryThatIsReplacedIsWatchedAnew() async throws {
    let folder = try StoreFolder()
    let directory = folder.directory + "/data"
    let path = directory + "/users.json"
    let store = try await UserStore.open(path, creating: true)
    var probe = StoreChangeProbe(storePath: path)
    _ = probe.changed()
    #expect(rename(directory, directory + "-old") == 0)
    let moved = probe.changed()
    #expect(moved)
    let new = try await UserStore.open(path, creating: true)
    _ = probe.changed()
    try await new.createUser("alice")
    let seen = probe.changed()
    #expect(seen)
    #expect(try await store.loadAfterNow().generation == 1)
  }

  @Test func aLoadThatIsAskedForAfterAWriteHasIt() async throws {
    let folder = try StoreFolder()
    let reader = try await folder.store("alice")
    let writer = try await UserStore.open(folder.path)
    var keys: [String] = []
    for _ in 0..<50 {
      let issued = try await writer.issueKey(for: "alice")
      keys.append(issued.secret)
      #expect(try await reader.loadAfterNow().accepts(issued.secret))
      try await writer.revokeKey(.secret(issued.secret))
      #expect(!(try await reader.loadAfterNow().accepts(issued.secret)))
    }
  }

  @Test func manyWhoAskAtOnceShareLoads() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let writer = try await UserStore.open(folder.path)
    let key = try await writer.issueKey(for: "alice")
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 {
        group.addTask { try await store.loadAfterNow().accepts(key.secret) }
      }
      for try await isAccepted in group { #expect(isAccepted) }
    }
  }

  @Test func aWriteInPlaceOfTheSameLengthAtTheSameMomentIsNotMissed() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    // A file that was just written by another program.
    try folder.write(try folder.text().replacing("\"enabled\":true", with: "\"enabled\":true "))
    #expect(try await store.loadAfterNow().accepts(key.secret))
    let descriptor = open(folder.path, O_WRONLY)
    let text = try folder.text().replacing("\"enabled\":true ", with: "\"enabled\":false")
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    close(descriptor)
    #expect(!(try await store.loadAfterNow().accepts(key.secret)))
  }

  @Test func aStoreThatWatchesPublishesWithoutBeingAsked() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    let (published, continuation) = AsyncStream<AuthSnapshot>.makeStream()
    store.onPublish { continuation.yield($0) }
    store.startWatching()
    let other = try await UserStore.open(folder.path)
    try await other.revokeKey(.secret(key.secret))
    for await snapshot in published where !snapshot.accepts(key.secret) { break }
    // What cannot be read is told, and mended without a request.
    try folder.write("{")
    try await eventually {
      if case .unreadable = store.health { true } else { false }
    }
    try folder.write("{\"users\": {\"zoe\": {\"user_id\": \"1\"}}}")
    try await eventually { store.user("zoe") != nil }
    #expect(store.user("alice") == nil)
  }

  private func eventually(_ isSo: () -> Bool) async throws {
    for _ in 0..<500 where !isSo() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(isSo())
  }
}
