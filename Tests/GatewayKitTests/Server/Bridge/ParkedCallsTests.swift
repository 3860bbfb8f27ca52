import Testing

@testable import GatewayKit

/// What holds for a call that is parked is seen end to end.
@Suite("States that retries bring")
struct ParkedCallsTests {
  private let sealer = Sealer(
    secrets: [Array("a secret of the tests".utf8)], purpose: "parked call")

  private func digest(_ text: String) throws -> SHA256Digest {
    let message = try ScannedMessage(text)
    return ParkedCalls.digest(message.bytes, message.envelope)
  }

  private func call(_ params: String, id: String = "1", method: String = "tools/call") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)}}"#
  }

  private func origin(_ principal: Principal) -> CallOrigin {
    CallOrigin(
      caller: Caller(
        principal: principal, username: nil, userID: nil, keyID: nil, rules: .unrestricted),
      credential: nil, session: nil, era: .modern, capabilities: ClientCapabilities(nil),
      backend: BackendID("b"), operand: [])
  }

  @Test("A retry is the same but for what is each request's own")
  func sameDigest() throws {
    let first = try digest(call(#""name":"t","arguments":{"a":1}"#))
    for retry in [
      call(#""name":"t","arguments":{"a":1}"#, id: "2"),
      call(#""name":"t","arguments":{"a":1},"requestState":"s","inputResponses":{"1":{}}"#),
      call(#""_meta":{"progressToken":5},"name":"t","arguments":{"a":1}"#),
    ] {
      #expect(try digest(retry) == first, "\(retry)")
    }
  }

  @Test("Any other request is another")
  func otherDigest() throws {
    let first = try digest(call(#""name":"t","arguments":{"a":1}"#))
    for other in [
      call(#""name":"u","arguments":{"a":1}"#), call(#""name":"t","arguments":{"a":2}"#),
      call(#""name":"t""#), call(#""name":"t","arguments":{"a":1},"more":1"#),
      call(#""name":"t","arguments":{"a":1}"#, method: "prompts/get"),
    ] {
      #expect(try digest(other) != first, "\(other)")
    }
  }

  @Test("A backend's own state is not taken for one of the gateway's")
  func foreign() throws {
    let calls = ParkedCalls(sealer: sealer, limit: 10)
    let digest = try digest(call(""))
    for state in ["", "s", "gw1", "GW1.x", #"{"r":1}"#] {
      #expect(throws: ParkedCalls.Refusal.foreign) {
        try calls.take(state, principal: .static, digest: digest)
      }
    }
  }

  @Test(
    "A state that was forged, or is of another process or of a call that is over, finds nothing")
  func gone() throws {
    let calls = ParkedCalls(sealer: sealer, limit: 10)
    let digest = try digest(call(""))
    let own = calls.state(of: 7, origin(.static), digest: digest)
    let foreign = ParkedCalls(sealer: sealer, limit: 10).state(
      of: 7, origin(.static), digest: digest)
    #expect(own.hasPrefix("gw1."))
    for state in [own, foreign, "gw1.", "gw1.AAAA", own + "A", String(own.dropLast())] {
      #expect(throws: ParkedCalls.Refusal.gone) {
        try calls.take(state, principal: .static, digest: digest)
      }
    }
    #expect(calls.count == 0)
  }
}
