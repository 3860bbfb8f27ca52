/// The JSON reader against Foundation's, and the envelope scanner against what both read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let disagreement = JSONOracle.disagreement(bytes) ?? EnvelopeOracle.disagreement(bytes) {
    fatalError(disagreement)
  }
  return 0
}
