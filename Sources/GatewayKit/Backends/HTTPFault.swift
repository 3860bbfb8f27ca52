import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What went wrong on the way to an HTTP backend, in words that say what to do.
package enum HTTPFault {
  package static func describe(_ error: any Error, _ url: BackendURL) -> String {
    let place = url.authority
    switch error {
    case let error as NIOConnectionError:
      if error.connectionErrors.isEmpty {
        return "the name \(url.host) is not known to the resolver"
      }
      let causes = error.connectionErrors.map { cause($0.error) }
      return "no connection to \(place): \(Set(causes).sorted().joined(separator: ", "))"
    case let error as HTTPClientError where error == .connectTimeout:
      return "no connection to \(place) came about in time"
    case let error as HTTPClientError where error == .remoteConnectionClosed:
      return "\(place) closed the connection before its answer was whole"
    case is BoringSSLError, is NIOSSLError, is NIOSSLExtraError:
      return tls(error, place)
    case let error as IOError:
      return "no connection to \(place): \(cause(error))"
    default:
      return "the request to \(place) failed: \(SafeText.line("\(error)"))"
    }
  }

  /// Whether a connection ended before an answer began.
  static func isLostConnection(_ error: any Error) -> Bool {
    if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
    return [ECONNRESET, EPIPE].contains((error as? IOError)?.errnoCode)
  }

  private static func cause(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case ECONNREFUSED: "connection refused, nothing listens there"
    case ECONNRESET: "connection reset"
    case EHOSTUNREACH, ENETUNREACH: "no route there"
    case ETIMEDOUT: "it timed out"
    case let code?: String(cString: strerror(code))
    case nil: SafeText.line("\(error)")
    }
  }

  private static func tls(_ error: any Error, _ place: String) -> String {
    let text = "\(error)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      return "the certificate of \(place) is not trusted: if a private authority signed it, "
        + "name the authority's PEM file in \(BackendTLS.variable)"
    }
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      return "\(place) does not speak TLS: is it http:// rather than https://?"
    }
    if error is NIOSSLExtraError {
      return "the certificate of \(place) is for another name: \(SafeText.line(text))"
    }
    return "the TLS handshake with \(place) failed: \(SafeText.line(text))"
  }
}
