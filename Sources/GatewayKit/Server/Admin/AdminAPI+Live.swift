import HTTPTypes
import Hummingbird
import NIOCore

extension AdminAPI {
  func listSessions(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let sessions = await live.sessions()
    let streams = await live.streams()
    return AdminAnswer.json([
      "sessions": .array(sessions.map(\.json)), "streams": .array(streams.map(\.json)),
    ])
  }

  func endSession(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let id = try parameter("id", context)
    do {
      try await live.endSession(id, by: AuditActor.current ?? .thisProcess)
    } catch LiveState.EndError.notFound {
      throw AdminError(
        404, "session_not_found",
        "No session in memory has this id; GET /sessions lists them. One that nobody used for an hour is put away."
      )
    } catch LiveState.EndError.ambiguous {
      throw AdminError(
        409, "session_ambiguous", "Two sessions begin like this; give more of the number.")
    } catch is EndedSessions.Full {
      throw AdminError(
        409, "too_many_ended",
        "More sessions were ended than this gateway keeps in mind; revoke the key or disable the user instead."
      )
    }
    return AdminAnswer.json(["status": "ended", "id": .string(id)])
  }

  /// Server-sent events: first the state as `/status` has it, then what changes.
  func streamEvents(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let events = live.events.listen()
    let first = await status().json
    let body = ResponseBody { writer in
      try await writer.write(ByteBuffer(string: "event: status\ndata: \(first.text)\n\n"))
      for await event in events { try await writer.write(event) }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream", .init("x-accel-buffering")!: "no"], body: body)
  }
}
