import Synchronization

/// The calls of modern clients that wait for a retry, and the states that those bring with them.
///
/// A state is sealed and names this process, the call, whose it is and what it asks, so that it fits
/// nothing else (2026-07-28, Multi Round-Trip Requests, Server Requirements, 5).
final class ParkedCalls: Sendable {
  typealias Number = UInt64

  /// Why a retry finds no call.
  enum Refusal: Error {
    /// The state is none of the gateway's: a backend's own.
    case foreign
    /// It was made by another process, or is for another caller or request, or came too late.
    case gone
  }

  private struct Parked {
    let call: CallLink
    let principal: Principal
    let digest: SHA256Digest
  }

  /// What a state of ours begins with; a backend's own begins so only by intent, and then does not open.
  private static let mark = "gw1."

  private let sealer: Sealer
  private let limit: Int
  /// This process: calls do not outlive it.
  private let replica = SessionNumber().description
  private let calls = Mutex<[Number: Parked]>([:])

  init(sealer: Sealer, limit: Int) {
    self.sealer = sealer
    self.limit = limit
  }

  var count: Int { calls.withLock { $0.count } }

  /// Nil when there are too many, or none are allowed.
  func add(_ call: CallLink, _ origin: CallOrigin, digest: SHA256Digest) -> Number? {
    calls.withLock { calls in
      guard calls.count < limit else { return nil }
      let number = SecureRandom.word
      calls[number] = Parked(call: call, principal: origin.caller.principal, digest: digest)
      return number
    }
  }

  func remove(_ number: Number) { calls.withLock { $0[number] = nil } }

  /// The `requestState` by which the retry finds a call.
  func state(of number: Number, _ origin: CallOrigin, digest: SHA256Digest) -> String {
    let value: JSONValue = [
      "r": .string(replica), "n": .string(String(number)),
      "p": .string(origin.caller.principal.description), "d": .string(digest.hex),
    ]
    return Self.mark + sealer.seal(value.bytes)
  }

  /// Takes the call that a retry is for.
  func take(
    _ state: String, principal: Principal, digest: SHA256Digest
  ) throws(Refusal) -> CallLink {
    guard state.hasPrefix(Self.mark) else { throw .foreign }
    let sealed = Array(state.utf8.dropFirst(Self.mark.utf8.count))
    guard let plain = sealed.withUnsafeBytes({ sealer.open($0) }),
      let value = try? JSONValue.parse(plain)
    else { throw .gone }
    guard value["r"]?.stringValue == replica,
      value["p"]?.stringValue == principal.description,
      value["d"]?.stringValue == digest.hex,
      let number = value["n"]?.stringValue.flatMap(Number.init)
    else { throw .gone }
    let parked = calls.withLock { calls -> Parked? in
      guard let parked = calls[number], parked.principal == principal, parked.digest == digest
      else { return nil }
      calls[number] = nil
      return parked
    }
    guard let parked else { throw .gone }
    return parked.call
  }

  /// Of what a retry repeats: the method and the parameters, but for those that are each request's own.
  static func digest(_ body: [UInt8], _ envelope: Envelope) -> SHA256Digest {
    body.withUnsafeBytes { bytes in
      var text: [UInt8] = []
      if let method = envelope.methodRange { text.append(contentsOf: bytes[method]) }
      if let range = envelope.params, let members = try? JSONMembers(bytes, in: range) {
        members.write(
          leavingOut: { member in
            members.isNamed(member, "_meta") || members.isNamed(member, "requestState")
              || members.isNamed(member, "inputResponses")
          }, into: &text)
      }
      return text.withUnsafeBytes { SHA256Digest(hashing: $0) }
    }
  }
}
