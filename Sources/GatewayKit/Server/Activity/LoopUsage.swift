import NIOCore

/// What one event loop counts of calls, until it is handed over: without a lock.
struct LoopUsage {
  static let delay = TimeAmount.seconds(1)
  /// The most of what a client says of itself that is looked at, in bytes.
  static let clientInfoLimit = 4096

  /// What is called.
  struct Operation: Hashable {
    var method: Method?
    var backend: BackendID?
    /// Of a tool that a catalog has.
    var target: ObjectIdentifier?
  }

  /// Of whom and of what something is counted. Told by numbers and objects: names come later.
  private struct Place: Hashable {
    let caller: UInt
    let operation: Operation

    func hash(into hasher: inout Hasher) {
      hasher.combine(caller)
      hasher.combine(operation.target)
    }
  }

  /// What was counted at one place. It keeps the objects by which that is told, so that no others come
  /// to be where they are.
  struct Tally: Sendable {
    let caller: Caller
    let credential: SHA256Digest?
    let target: RouteTarget?
    let backend: BackendID?
    let method: Method?
    var counts = UsageCounts()
    var latencies: [LatencyHistogram.Slot] = []
    /// Microseconds since 1970.
    var lastUsed: Int64 = 0
    var address = ""
    var session: SessionEntry?
    /// What a modern client says of itself, as JSON.
    var clientInfo: [UInt8]?
  }

  private var tallies: [Tally] = []
  private var indices: [Place: Int] = [:]
  /// Where the last call was counted: the next is often of the same.
  private var last: (place: Place, index: Int)?

  /// What there is to hand over; nil for nothing.
  mutating func take() -> [Tally]? {
    guard !tallies.isEmpty else { return nil }
    defer {
      tallies.removeAll(keepingCapacity: true)
      indices.removeAll(keepingCapacity: true)
      last = nil
    }
    return tallies
  }

  /// Who uses the gateway, when, and from where.
  struct Use {
    let caller: Caller
    let credential: SHA256Digest?
    /// Microseconds since 1970.
    let time: Int64
    let address: String
    let session: SessionEntry?
  }

  /// - Parameters:
  ///   - outcome: nil for what is no call.
  ///   - clientInfo: asked for only where it is not known yet.
  mutating func count(
    _ operation: Operation, _ target: RouteTarget?, _ outcome: CallOutcome?,
    _ measure: LoopActivity.Measure?, by use: Use, clientInfo: () -> [UInt8]?
  ) {
    let caller = use.credential.map { UInt($0.a) } ?? UInt(bitPattern: ObjectIdentifier(use.caller))
    let place = Place(caller: caller, operation: operation)
    let index: Int
    if let last, last.place == place {
      index = last.index
    } else if let known = indices[place] {
      index = known
    } else {
      index = tallies.count
      indices[place] = index
      tallies.append(
        Tally(
          caller: use.caller, credential: use.credential, target: target,
          backend: operation.backend, method: operation.method, clientInfo: clientInfo()))
    }
    last = (place, index)
    tallies[index].add(outcome, measure, use)
  }
}

extension LoopUsage.Tally {
  fileprivate mutating func add(
    _ outcome: CallOutcome?, _ measure: LoopActivity.Measure?, _ use: LoopUsage.Use
  ) {
    lastUsed = use.time
    address = use.address
    session = use.session
    guard let outcome else { return }
    switch outcome {
    case .denied:
      counts.denials += 1
      return
    case .toolError, .error, .failed, .broken: counts.errors += 1
    case .ok, .gone, .ended: break
    }
    counts.calls += 1
    guard let measure else { return }
    counts.bytesIn += UInt64(measure.bytesIn)
    counts.bytesOut += UInt64(measure.bytesOut)
    latencies.append(
      LatencyHistogram.slot(ofMicroseconds: measure.time.nanoseconds / 1000))
  }

  /// The same by names.
  func add(to delta: inout UsageDelta) {
    let key = credential.map(APIKey.id(of:)) ?? caller.principal.description
    let user = caller.username ?? ""
    if !counts.isEmpty {
      var latency = LatencyHistogram()
      for slot in latencies { latency.add(slot) }
      let tool =
        method == .toolsCall
        ? target.map { String(decoding: $0.name, as: UTF8.self) } ?? "" : method?.name ?? ""
      delta.parts.append(
        UsageDelta.Part(
          key: key, user: user, backend: backend?.name ?? "", tool: tool, counts: counts,
          latency: latency, lastUsed: lastUsed))
    }
    delta.sights.append(
      UsageDelta.Sight(key: key, user: user, time: lastUsed, address: address, client: client))
  }

  private var client: String {
    let info = session?.token.client.info ?? clientInfo.flatMap { try? JSONValue.parse($0) }
    return ClientIdentity(info: info, capabilities: .null).name ?? ""
  }
}
