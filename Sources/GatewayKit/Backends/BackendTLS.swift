import Foundation
import NIOSSL

/// How the gateway trusts https backends: the system's roots, and the certificates in the file that
/// `SSL_CERT_FILE` names, which is how a private authority is made known.
package enum BackendTLS {
  package static let variable = "SSL_CERT_FILE"

  /// - Parameter environment: read once, at start.
  package static func configuration(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let file = environment[variable], !file.isEmpty, problem(with: file) == nil {
      configuration.additionalTrustRoots = [.file(file)]
    }
    return configuration
  }

  /// What is wrong with the file that `SSL_CERT_FILE` names; nil when all is well or none is named.
  /// Then only the system's roots are trusted.
  package static func problem(
    in environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    guard let file = environment[variable], !file.isEmpty else { return nil }
    return problem(with: file).map {
      "\(variable) names \(SafeText.line(file)), and \($0): only the system's roots are trusted"
    }
  }

  private static func problem(with file: String) -> String? {
    guard FileManager.default.isReadableFile(atPath: file) else {
      return "that file cannot be read"
    }
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
      return "no certificate in PEM form is in it"
    }
    return nil
  }
}
