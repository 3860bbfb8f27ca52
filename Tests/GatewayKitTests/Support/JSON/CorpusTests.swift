import Foundation
import GatewayKit
import Testing

/// The fuzzers' kept inputs, without a fuzzer.
enum Corpus {
  /// Every file of `Fuzz/Corpus/NAME`, in the order of their names.
  static func inputs(_ name: String) -> [(name: String, bytes: [UInt8])] {
    var root = URL(fileURLWithPath: #filePath)
    while root.path != "/",
      !FileManager.default.fileExists(atPath: root.appending(path: "Fuzz/Corpus").path)
    {
      root.deleteLastPathComponent()
    }
    let directory = root.appending(path: "Fuzz/Corpus/\(name)")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.sorted().compactMap { file in
      guard let data = try? Data(contentsOf: directory.appending(path: file)) else { return nil }
      return (file, Array(data))
    }
  }

  /// Inputs made from one by small, repeatable damage: cuts, and bytes dropped, doubled, changed.
  static func damaged(_ bytes: [UInt8]) -> [[UInt8]] {
    var inputs: [[UInt8]] = []
    for index in bytes.indices {
      inputs.append(Array(bytes[..<index]))
      inputs.append(Array(bytes[..<index] + bytes[(index + 1)...]))
      inputs.append(Array(bytes[...index] + bytes[index...]))
      for byte: UInt8 in [0x00, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x3A, 0x5C, 0x80, 0xFF] {
        var changed = bytes
        changed[index] = byte
        inputs.append(changed)
      }
    }
    return inputs
  }
}

@Suite("JSON corpus")
struct JSONCorpusTests {
  @Test("The reader, Foundation and the scanner agree on the fuzzer's corpus")
  func corpus() {
    let inputs = Corpus.inputs("json")
    #expect(inputs.count >= 20)
    for (name, bytes) in inputs {
      #expect(JSONOracle.disagreement(bytes) == nil, "\(name)")
      #expect(EnvelopeOracle.disagreement(bytes) == nil, "\(name)")
    }
  }

  @Test("They agree on the corpus with each byte damaged")
  func damagedCorpus() {
    for (name, bytes) in Corpus.inputs("json") where bytes.count <= 200 {
      for input in Corpus.damaged(bytes) {
        if let difference = JSONOracle.disagreement(input) ?? EnvelopeOracle.disagreement(input) {
          Issue.record("\(name): \(difference): \(String(decoding: input, as: UTF8.self))")
        }
      }
    }
  }

  @Test("They agree on every text of the grammar's tests")
  func grammar() {
    for text in JSONReaderTests.wellFormed + JSONReaderTests.malformed.map(\.0) {
      #expect(JSONOracle.disagreement(Array(text.utf8)) == nil, "\(text)")
    }
    for bytes in JSONReaderTests.badUTF8 {
      #expect(JSONOracle.disagreement(Array("[\"".utf8) + bytes + Array("\"]".utf8)) == nil)
    }
  }
}
