import HTTPTypes
import Hummingbird
import NIOCore

/// An admin error on its way to becoming an answer: a word for programs, a sentence for people.
struct AdminError: Error, HTTPResponseError {
  let status: HTTPResponse.Status
  let word: String
  let message: String
  var fields = HTTPFields()

  init(_ status: Int, _ word: String, _ message: String, fields: HTTPFields = HTTPFields()) {
    self.status = HTTPResponse.Status(code: status)
    self.word = word
    self.message = message
    self.fields = fields
  }

  init(_ error: StoreError) {
    self.init(error.httpStatus, error.code, error.description)
    if error.httpStatus == 503 { fields[.retryAfter] = "1" }
  }

  /// A member of the body is not what it has to be.
  static func field(_ name: String, _ reason: String) -> AdminError {
    AdminError(422, "invalid_value", "\(name) \(reason).")
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    AdminAnswer.json(
      ["error": .string(word), "message": .string(message)], status: status, fields: fields)
  }
}

/// Answers of the admin routes.
enum AdminAnswer {
  static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok, fields: HTTPFields = HTTPFields()
  ) -> Response {
    var fields = fields
    fields[.contentType] = "application/json"
    // Keys and names of users are nobody's to keep.
    fields[.cacheControl] = "no-store"
    return Response(
      status: status, headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes + [UInt8(ascii: "\n")])))
  }
}
