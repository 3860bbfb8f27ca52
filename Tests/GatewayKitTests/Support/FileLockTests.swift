import Dispatch
import Glibc
import Synchronization
import Testing

@testable import GatewayKit

@Suite("The lock of a file")
struct FileLockTests {
  private final class Race: Sendable {
    let isWaiting = Atomic<Bool>(false)
    let isThrough = Atomic<Bool>(false)
    /// How often the holder had it while another waited.
    let rounds = Atomic<Int>(0)
  }

  @Test("whoever waits for it is the next, however soon its holder wants it again")
  func isFair() async throws {
    let folder = try StoreFolder()
    let path = "\(folder.directory)/x.lock"
    let race = Race()
    async let greedy = DispatchQueue.global().perform { () throws(FileError) -> Void in
      // Away from it only for as long as taking it again lasts.
      while !race.isThrough.load(ordering: .relaxed), race.rounds.load(ordering: .relaxed) < 200 {
        let lock = try FileLock(path, owner: try AtomicFile.owner(for: path))
        guard try lock.take(patience: .seconds(60)) else { throw FileError("lock", path, EAGAIN) }
        if race.isWaiting.load(ordering: .relaxed) { race.rounds.add(1, ordering: .relaxed) }
        usleep(20_000)
      }
    }
    async let patient = DispatchQueue.global().perform { () throws(FileError) -> Bool in
      usleep(100_000)
      let lock = try FileLock(path, owner: try AtomicFile.owner(for: path))
      race.isWaiting.store(true, ordering: .relaxed)
      let isTaken = try lock.take(patience: .seconds(60))
      race.isThrough.store(true, ordering: .relaxed)
      return isTaken
    }
    #expect(try await patient)
    try await greedy
    // The first of them may have begun before the other stood at the door.
    let rounds = race.rounds.load(ordering: .relaxed)
    #expect(rounds < 10, "the holder had it \(rounds) times meanwhile")
  }
}
