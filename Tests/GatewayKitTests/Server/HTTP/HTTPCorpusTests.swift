import GatewayKit
import Testing

@Suite("HTTP corpus")
struct HTTPCorpusTests {
  @Test("The framing and NIOHTTP1's parser agree on the fuzzer's corpus")
  func corpus() {
    let inputs = Corpus.inputs("http")
    #expect(inputs.count >= 20)
    for (name, bytes) in inputs { #expect(HTTPOracle.disagreement(bytes) == nil, "\(name)") }
  }

  @Test("They agree on the corpus with each byte damaged")
  func damagedCorpus() {
    for (name, bytes) in Corpus.inputs("http") where bytes.count <= 120 {
      for input in Corpus.damaged(bytes) {
        if let difference = HTTPOracle.disagreement(input) {
          Issue.record("\(name): \(difference): \(String(decoding: input, as: UTF8.self))")
        }
      }
    }
  }
}
