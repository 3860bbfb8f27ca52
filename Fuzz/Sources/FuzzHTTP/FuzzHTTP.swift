/// HTTP framing against NIOHTTP1's parser: a response where the input begins as one, else requests.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let disagreement = HTTPOracle.disagreement(bytes) { fatalError(disagreement) }
  return 0
}
