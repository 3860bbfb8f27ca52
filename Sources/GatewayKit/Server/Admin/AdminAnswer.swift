import HTTPTypes
import Hummingbird
import NIOCore

/// Answers of the admin routes.
enum AdminAnswer {
  static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok, fields: HTTPFields = HTTPFields()
  ) -> Response {
    var fields = fields
    fields[.contentType] = "application/json"
    return Response(
      status: status, headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes + [UInt8(ascii: "\n")])))
  }
}
