import Hummingbird
import NIOCore

/// Requests that are not MCP: handed to the router, their answers written as they come.
extension ClientConnection {
  func serveByRouter() {
    let incoming = RouterBridge.Incoming(
      id: request.id.description, method: text(request.head.methodRange),
      target: text(request.head.target),
      authority: request.text(request.head.host), fields: fields(), body: request.body,
      peer: adminPeer)
    let router = server.router
    let channel = channel
    run {
      await router.respond(to: incoming, channel: channel)
    } then: { connection, response in
      connection.write(response)
    }
  }

  private var adminPeer: AdminPeer {
    switch peer {
    case .tcp(let address): .tcp(address: address)
    case .socket(let uid): .socket(uid: uid)
    }
  }

  private func text(_ range: Range<Int>) -> String {
    request.text(range) ?? ""
  }

  private func fields() -> [(name: String, value: String)] {
    request.headBytes.withUnsafeReadableBytes { bytes in
      var fields: [(name: String, value: String)] = []
      request.head.forEachField(in: bytes) { name, value in
        let name = String(decoding: name, as: UTF8.self)
        guard name.lowercased() != "host" else { return }
        fields.append((name, String(decoding: value, as: UTF8.self)))
      }
      return fields
    }
  }

  private func write(_ response: Response) {
    if response.status == .unauthorized { recordRefusal(.notAdministrator) }
    let isHead = request.head.method == .head
    let length = response.body.contentLength
    var bytes = ByteBuffer()
    answer.isChunked = length == nil && !request.head.isHTTP10
    if length == nil, request.head.isHTTP10 { answer.closes = true }
    bytes.writeReserved(upTo: commonBytes) { head in
      head.writeStatusLine(response.status.code)
      writeCommonLines(&head)
      writeRequestID(&head)
    }
    for field in response.headers
    where ![.contentLength, .transferEncoding, .connection, .date, .xContentTypeOptions].contains(
      field.name)
    {
      bytes.writeString("\(field.name): \(field.value)\r\n")
    }
    if let length, response.status.code != 204 {
      let announced =
        isHead ? response.headers[.contentLength].flatMap { Int($0) } ?? length : length
      bytes.writeString("content-length: \(announced)\r\n")
    } else if answer.isChunked, !isHead {
      bytes.writeStaticString("transfer-encoding: chunked\r\n")
    }
    bytes.writeStaticString("\r\n")
    answer.hasBegun = true
    answer.status = response.status.code
    write(bytes)
    guard !isHead, length != 0 else { return finish() }
    let writer = RouterBodyWriter(channel: channel, isChunked: answer.isChunked)
    run { () async -> Bool in
      do {
        try await response.body.write(writer)
        return true
      } catch {
        return false
      }
    } then: { connection, isWhole in
      if isWhole { connection.finish() } else { connection.abort() }
    }
  }
}

/// Writes a router's body to the connection; waiting for each write is the back-pressure.
private struct RouterBodyWriter: ResponseBodyWriter {
  let channel: any Channel
  let isChunked: Bool

  func write(_ buffer: ByteBuffer) async throws {
    // An empty chunk would end the body.
    guard buffer.readableBytes > 0 else { return }
    guard isChunked else { return try await channel.writeAndFlush(buffer) }
    var chunk = ByteBuffer()
    chunk.writeString("\(String(buffer.readableBytes, radix: 16))\r\n")
    chunk.writeImmutableBuffer(buffer)
    chunk.writeStaticString("\r\n")
    try await channel.writeAndFlush(chunk)
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    if isChunked { try await channel.writeAndFlush(ByteBuffer(string: "0\r\n\r\n")) }
  }
}
