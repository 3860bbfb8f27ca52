import AsyncHTTPClient
import NIOCore

/// How a connection of the HTTP+SSE transport is opened.
struct EventStreamLaunch: Sendable {
  let url: BackendURL
  let headers: [BackendHeader]
  let client: HTTPClient
}

/// The HTTP+SSE transport: messages come on the event stream of a GET, and go out as POSTs to the address
/// that its first event names (2024-11-05, Transports, HTTP with SSE).
extension StdioChild {
  /// How long a POST may take to be taken.
  private static let postTime = TimeAmount.seconds(60)

  /// Runs the connection to its end; why it ended.
  func run(_ launch: EventStreamLaunch) async -> String {
    do {
      var request = launch.request(to: launch.url.text)
      request.headers.add(name: "accept", value: "text/event-stream")
      let answer = try await launch.client.execute(request, timeout: .hours(24 * 365))
      let type = answer.headers.first(name: "content-type")?.lowercased() ?? ""
      guard answer.status.code == 200, type.hasPrefix("text/event-stream") else {
        return
          "it answers a GET with status \(answer.status.code) and not with an event stream; is the path of its \"url\" right? Servers of HTTP+SSE often have it at /sse"
      }
      return try await withThrowingTaskGroup { group in
        let (addresses, found) = AsyncStream<String>.makeStream()
        group.addTask { try await self.read(answer.body, launch, found) }
        group.addTask {
          var iterator = addresses.makeAsyncIterator()
          guard let address = await iterator.next() else { return "it named no endpoint" }
          return await self.post(to: address, launch)
        }
        let reason = try await group.next() ?? "it ended"
        group.cancelAll()
        return reason
      }
    } catch is CancellationError {
      return "its connection was closed"
    } catch {
      return HTTPFault.describe(error, launch.url)
    }
  }

  private func read(
    _ body: HTTPClientResponse.Body, _ launch: EventStreamLaunch,
    _ addresses: AsyncStream<String>.Continuation
  ) async throws -> String {
    defer { addresses.finish() }
    var parser = EventStreamParser()
    for try await part in body {
      for event in part.withUnsafeReadableBytes({ parser.take($0) }) where !event.data.isEmpty {
        guard event.type.elementsEqual("endpoint".utf8) else {
          received(event.data)
          continue
        }
        guard let address = launch.endpoint(String(decoding: event.data, as: UTF8.self)) else {
          return "the endpoint that it names is on another host"
        }
        addresses.yield(address)
      }
      guard parser.buffered <= Self.lineLimit else {
        return "it wrote a message that is longer than \(Self.lineLimit >> 20) MiB"
      }
    }
    return "it closed its event stream"
  }

  private func post(to address: String, _ launch: EventStreamLaunch) async -> String {
    for await message in outgoing {
      var request = launch.request(to: address)
      request.method = .POST
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: message))
      do {
        let answer = try await launch.client.execute(request, timeout: Self.postTime)
        let status = answer.status.code
        // Read also where it says nothing: the connection is wanted for the next message.
        let body = try? await answer.body.collect(upTo: 1 << 16)
        switch status {
        case 200..<300: break
        // It does not know the channel, or who asks: no other message gets further.
        case 401, 403, 404, 410,
          400 where JSONRPCMessage.saysSessionLost(Array(buffer: body ?? ByteBuffer())):
          return "it answers a message with status \(status)"
        default: refused(message, status)
        }
      } catch {
        return HTTPFault.describe(error, launch.url)
      }
      state.withLock { $0.queued -= message.count }
    }
    return "its connection was closed"
  }

  /// One message is not taken, too large perhaps: whose it is hears that, and nobody else.
  private func refused(_ message: [UInt8], _ status: UInt) {
    let reason = "it refuses a message of \(message.count) bytes with status \(status)"
    logger.warning("\(backend): \(reason)")
    let envelope = message.withUnsafeBytes { try? EnvelopeScanner.scan($0) }
    guard let envelope, envelope.kind == .request,
      let number = envelope.id.flatMap({ Self.number(message[$0]) })
    else { return }
    end(number, .unavailable(backend: backend, reason: reason, since: nil))
  }
}

extension EventStreamLaunch {
  fileprivate func request(to address: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: address)
    request.headers.add(name: "user-agent", value: "mcp-gateway/\(GatewayVersion.text)")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    return request
  }

  /// The whole address of an endpoint, which is one of the same origin: the credential goes there.
  fileprivate func endpoint(_ text: String) -> String? {
    let origin = "\(url.isTLS ? "https" : "http")://\(url.authority)"
    if text.hasPrefix("/"), !text.hasPrefix("//") { return (try? BackendURL(origin + text))?.text }
    guard let other = try? BackendURL(text) else {
      guard !text.contains("://"), !text.hasPrefix("//") else { return nil }
      let path = url.path.prefix { $0 != "?" }
      let base = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
      return (try? BackendURL(origin + base + text))?.text
    }
    return other.isTLS == url.isTLS && other.authority == url.authority ? other.text : nil
  }
}
