import Glibc

/// Writes one message a line. Only its conversation uses it, so lines never mix.
struct DemoOutput {
  let descriptor: Int32
  private var isOpen = true

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// After the reader has gone, messages are dropped: the input's end follows.
  mutating func write(_ message: JSONValue) {
    guard isOpen else { return }
    var line = message.bytes
    line.append(UInt8(ascii: "\n"))
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        isOpen = false
        return
      }
    }
  }
}
