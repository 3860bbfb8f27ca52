import Glibc

extension UnsafeRawBufferPointer {
  /// Whether both are the same bytes.
  package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return true }
    return memcmp(left, right, count) == 0
  }

  package func isSame(as other: [UInt8]) -> Bool {
    other.withUnsafeBytes { isSame(as: $0) }
  }

  package func isSame(as other: Slice<UnsafeRawBufferPointer>) -> Bool {
    isSame(as: UnsafeRawBufferPointer(rebasing: other))
  }
}
