/// A whole answer of the gateway's own: status, header lines, body.
package struct HTTPReply: Sendable {
  package var status: Int
  /// Further header lines, each ending in CRLF.
  package var headerLines: [UInt8] = []
  package var contentType: String? = "application/json"
  package var body: [UInt8] = []
  /// What went wrong, told in the body with the request's id.
  var problem: Problem?
  /// Whether the connection is closed after it.
  package var closes = false

  /// A word for programs and a sentence for people.
  struct Problem {
    let word: String
    let message: String

    func body(request: RequestID) -> [UInt8] {
      let body: JSONValue = [
        "error": .string(word), "message": .string(message),
        "request_id": .string(request.description),
      ]
      return body.bytes
    }
  }

  package init(status: Int, json body: [UInt8], headerLines: String = "", closes: Bool = false) {
    self.status = status
    self.body = body
    self.headerLines = Array(headerLines.utf8)
    self.closes = closes
  }

  /// An answer without a body.
  package init(status: Int, headerLines: String = "", closes: Bool = false) {
    self.status = status
    self.headerLines = Array(headerLines.utf8)
    self.closes = closes
    contentType = nil
  }

  /// The gateway's plain HTTP error: a word for programs and a sentence for people.
  package static func error(
    _ status: Int, _ word: String, _ message: String, headerLines: String = "",
    closes: Bool = false
  ) -> HTTPReply {
    var reply = HTTPReply(status: status, json: [], headerLines: headerLines, closes: closes)
    reply.problem = Problem(word: word, message: message)
    return reply
  }
}

/// Status lines and what every answer of this server carries.
enum HTTPText {
  static func reason(_ status: Int) -> StaticString {
    switch status {
    case 100: "Continue"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }
}

extension ReservedWriter {
  mutating func writeStatusLine(_ status: Int) {
    if status == 200 { return write("HTTP/1.1 200 OK\r\n") }
    write("HTTP/1.1 ")
    write(decimal: status)
    write(" ")
    write(HTTPText.reason(status))
    write("\r\n")
  }
}
