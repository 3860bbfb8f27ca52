import Glibc
import NIOCore

/// Writes and checks the lines of the log, each of which is sealed with all that came before it.
///
/// A line is one JSON object: `seq`, `time`, `generation`, `event`, what belongs to the event,
/// `sealed_by` and `mac`. `mac` is HMAC-SHA256 over the seal of the line before and the line up to
/// `,"mac"`; its key is derived from the gateway's secret, and `sealed_by` names which one, so that a
/// log that outlives a secret says so. Not for use from two threads at once.
final class AuditSealer {
  private struct Key {
    let id: [UInt8]
    let signer: HMACSigner
  }

  /// The most bytes that a line has more than what it says: number, key and seal.
  static let sealSize = 160
  /// `,"mac":"`, 64 digits, `"}`.
  static let tailBytes = 74
  private static let macMember = Array(#","mac":""#.utf8)
  /// Larger numbers are nobody's: there is always room for the next.
  private static let highestSequence: UInt64 = 1 << 53
  private static let keyMember = Array(#","sealed_by":""#.utf8)

  private let keys: [Key]

  /// - Parameter secrets: the first one seals, all of them check.
  init(secrets: [[UInt8]]) {
    precondition(!secrets.isEmpty)
    keys = secrets.map { secret in
      let signer = HMACSigner(key: DerivedKey.bytes(from: secret, purpose: "audit"))
      let id = Array("id".utf8).withUnsafeBytes { signer.sign($0, .init(start: nil, count: 0)) }
      return Key(id: Array(id.hex.prefix(8).utf8), signer: signer)
    }
  }

  // MARK: Writing

  /// Appends to `out` the lines of a batch, each with its number and its seal, and goes on to the
  /// position of the last.
  func write(_ batch: AuditBatch, behind position: inout AuditPosition, to out: inout ByteBuffer) {
    batch.bytes.withUnsafeReadableBytes { bytes in
      var rest = bytes
      while let base = rest.baseAddress, let end = memchr(base, 0x0A, rest.count) {
        let count = base.distance(to: end)
        seal(.init(rebasing: rest[..<count]), behind: &position, to: &out)
        rest = .init(rebasing: rest[(count + 1)...])
      }
    }
  }

  private func seal(
    _ body: UnsafeRawBufferPointer, behind position: inout AuditPosition, to out: inout ByteBuffer
  ) {
    let sequence = position.sequence + 1
    out.writeReserved(upTo: body.count + Self.sealSize) { line in
      line.write(#"{"seq":"#)
      line.write(decimal: Int(clamping: sequence))
      line.write(",")
      line.write(body)
      line.write(Self.keyMember)
      line.write(keys[0].id)
      line.write("\"")
      let seal = Self.seal(line.written(from: 0), behind: position, by: keys[0].signer)
      line.write(Self.macMember)
      for word in [seal.a, seal.b, seal.c, seal.d] { line.write(hex: word) }
      line.write("\"}\n")
      position = AuditPosition(sequence: sequence, seal: seal)
    }
  }

  private static func seal(
    _ text: UnsafeRawBufferPointer, behind position: AuditPosition, by signer: HMACSigner
  ) -> SHA256Digest {
    let seal = position.seal
    let words = (seal.a.bigEndian, seal.b.bigEndian, seal.c.bigEndian, seal.d.bigEndian)
    return withUnsafeBytes(of: words) { signer.sign($0, text) }
  }

  /// The seal of any other text, with the key that seals.
  func seal(_ text: [UInt8]) -> SHA256Digest {
    text.withUnsafeBytes { Self.seal($0, behind: .start, by: keys[0].signer) }
  }

  func isSeal(_ seal: SHA256Digest, of text: [UInt8]) -> Bool {
    text.withUnsafeBytes { text in
      keys.contains {
        Self.seal(text, behind: .start, by: $0.signer).isEqualInConstantTime(to: seal)
      }
    }
  }

  // MARK: Reading

  /// What a line, without its end, says it is; nil when it is no line of a log.
  static func position(of line: UnsafeRawBufferPointer) -> AuditPosition? {
    let head: StaticString = #"{"seq":"#
    guard line.count > head.utf8CodeUnitCount + tailBytes,
      line.prefix(head.utf8CodeUnitCount).elementsEqual(head.bytes),
      line.suffix(2).elementsEqual(#""}"#.utf8),
      line[(line.count - tailBytes)...].prefix(macMember.count).elementsEqual(macMember)
    else { return nil }
    var sequence: UInt64 = 0
    var index = head.utf8CodeUnitCount
    while case let digit = line[index] &- UInt8(ascii: "0"), digit < 10 {
      sequence = sequence * 10 + UInt64(digit)
      guard sequence <= highestSequence else { return nil }
      index += 1
    }
    let digits = UnsafeRawBufferPointer(rebasing: line[(line.count - 66)..<(line.count - 2)])
    guard line[index] == UInt8(ascii: ","), let seal = SHA256Digest(hexBytes: digits) else {
      return nil
    }
    return AuditPosition(sequence: sequence, seal: seal)
  }

  enum Check: Equatable {
    case sound
    case changed
    /// It is sealed with a secret that is not here.
    case unknownKey(String)
  }

  /// Whether a line, without its end, is what was written behind `position`.
  func check(
    _ line: UnsafeRawBufferPointer, sealed seal: SHA256Digest, behind position: AuditPosition
  ) -> Check {
    let text = UnsafeRawBufferPointer(rebasing: line[..<(line.count - Self.tailBytes)])
    let id = text.dropLast().suffix(8)
    guard let key = keys.first(where: { id.elementsEqual($0.id) }) else {
      let name = text.dropLast(9).suffix(Self.keyMember.count)
      guard name.elementsEqual(Self.keyMember) else { return .changed }
      return .unknownKey(SafeText.line(id))
    }
    let expected = Self.seal(text, behind: position, by: key.signer)
    return expected.isEqualInConstantTime(to: seal) ? .sound : .changed
  }
}

extension StaticString {
  fileprivate var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
