import Glibc

@testable import GatewayKit

/// HTTP/1.1 by hand over one connection to 127.0.0.1, for what no client library would send and
/// for what it would not show.
final class Wire {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  struct Answer {
    let status: Int
    let head: String
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body, or the data of its only or last event.
    var json: JSONValue {
      get throws { try events.last ?? JSONValue.parse(body) }
    }

    /// The messages of an event stream; none if it is not one.
    var events: [JSONValue] {
      guard headers["content-type"]?.hasPrefix("text/event-stream") == true else { return [] }
      return text.split(whereSeparator: \.isNewline).compactMap { line in
        guard line.hasPrefix("data:") else { return nil }
        return try? JSONValue.parse(line.dropFirst(5).utf8)
      }
    }

    var code: Int? { (try? json)?["error"]?["code"]?.intValue }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(port: Int, receiveTimeout seconds: Int = 30) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure(description: "connect to \(port): errno \(errno)") }
  }

  deinit { Glibc.close(descriptor) }

  static func port(of url: String) throws -> Int {
    let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
    guard let port = authority.split(separator: ":").last.flatMap({ Int($0) }) else {
      throw Failure(description: "no port in \(url)")
    }
    return port
  }

  func send(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ method: String, _ target: String, _ headers: [(String, String)], _ body: String = "")
    throws
  {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if method == "POST" || !body.isEmpty { head += "Content-Length: \(body.utf8.count)\r\n" }
    try send("\(head)\r\n\(body)")
  }

  /// Ends our side of the connection.
  func closeSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Whether the other side closes without sending more, within the receive time limit.
  func isAtEnd() -> Bool {
    buffer.isEmpty && ((try? fill()) ?? true) == false
  }

  /// One answer, its body whole.
  func receive(toHead: Bool = false) throws -> Answer {
    var (status, head, headers) = try receiveHead()
    while status < 200 { (status, head, headers) = try receiveHead() }
    var body: [UInt8] = []
    if toHead || status == 204 || status == 304 {
    } else if headers["transfer-encoding"]?.lowercased() == "chunked" {
      while let chunk = try receiveChunk() { body += chunk }
    } else if let length = headers["content-length"].flatMap({ Int($0) }) {
      body = try take(length)
    } else {
      while try fill() {}
      body = buffer
      buffer = []
    }
    return Answer(status: status, head: head, headers: headers, body: body)
  }

  func receiveHead() throws -> (status: Int, head: String, headers: [String: String]) {
    let end = Array("\r\n\r\n".utf8)
    while !buffer.contains(end) {
      guard try fill() else {
        throw Failure(
          description: "closed before an answer; got: \(String(decoding: buffer, as: UTF8.self))")
      }
    }
    let length = (buffer.firstRange(of: end)?.upperBound) ?? buffer.count
    let head = String(decoding: try take(length), as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw Failure(description: "not an HTTP answer: \(head)") }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let name = line.prefix { $0 != ":" }.lowercased()
      let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
      headers[name] = String(value)
    }
    return (status, head, headers)
  }

  /// The next chunk of a chunked body, or nil after the last one.
  func receiveChunk() throws -> [UInt8]? {
    let line = String(decoding: try takeLine(), as: UTF8.self)
    guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
      throw Failure(description: "not a chunk size: \(line)")
    }
    if size == 0 {
      while try !takeLine().isEmpty {}
      return nil
    }
    let chunk = try take(size)
    _ = try takeLine()
    return chunk
  }

  private func takeLine() throws -> [UInt8] {
    let end = Array("\r\n".utf8)
    while true {
      if let range = buffer.firstRange(of: end) {
        let line = Array(buffer[..<range.lowerBound])
        buffer.removeSubrange(..<range.upperBound)
        return line
      }
      guard try fill() else { throw Failure(description: "closed within a line") }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while buffer.count < count {
      guard try fill() else {
        throw Failure(description: "closed after \(buffer.count) of \(count) bytes")
      }
    }
    let bytes = Array(buffer[..<count])
    buffer.removeSubrange(..<count)
    return bytes
  }

  /// Reads more; false at the end.
  private func fill() throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    if count < 0 { throw Failure(description: "receive: errno \(errno)") }
    buffer += bytes[..<count]
    return count > 0
  }

  /// One request on a connection of its own.
  static func exchange(
    port: Int, _ method: String, _ target: String, _ headers: [(String, String)] = [],
    _ body: String = ""
  ) throws -> Answer {
    let wire = try Wire(port: port)
    try wire.send(method, target, headers + [("Connection", "close")], body)
    return try wire.receive(toHead: method == "HEAD")
  }
}
