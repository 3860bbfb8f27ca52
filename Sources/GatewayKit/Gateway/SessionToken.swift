/// What a legacy session id says once it is opened (DESIGN §8).
///
/// The id that a client holds is this, sealed with AES-256-GCM: nobody can make one or change one,
/// and after a restart the gateway needs nothing else to go on with plain calls.
package struct SessionToken: Sendable {
  /// The longest id that is given out or accepted, in bytes.
  package static let sizeLimit = 4096

  package let number: SessionNumber
  package let principal: Principal
  package let version: ProtocolVersion
  /// The client's `clientInfo` and `capabilities` as it sent them.
  package let client: ClientIdentity
  package let issued: Timestamp
  /// The backend of `/mcp/{backend}`, nil for a session of the joint endpoint.
  package let backend: String?

  /// The id for the client. Nil when the client's own members make it longer than `sizeLimit`.
  package func sealed(by sealer: Sealer) -> String? {
    var object = JSONObject()
    object["n"] = .string(number.description)
    switch principal {
    case .user(let id): object["u"] = .string(id)
    case .static: object["s"] = .bool(true)
    case .oauth(let issuer, let subject): object["o"] = .array([.string(issuer), .string(subject)])
    }
    object["v"] = .string(version.rawValue)
    object["i"] = client.info
    object["c"] = client.capabilities
    object["t"] = .number(String(issued.microseconds))
    object["b"] = backend.map(JSONValue.string)
    let text = sealer.seal(JSONValue.object(object).bytes)
    return text.utf8.count <= Self.sizeLimit ? text : nil
  }

  /// Nil when the id does not open: forged, changed, or sealed with a secret that is gone.
  package init?(opening sealed: UnsafeRawBufferPointer, with sealer: Sealer) {
    guard sealed.count <= Self.sizeLimit, let plain = sealer.open(sealed),
      let value = try? JSONValue.parse(plain),
      let number = value["n"]?.stringValue.flatMap({ SessionNumber($0) }),
      let version = value["v"]?.stringValue.flatMap(ProtocolVersion.init(rawValue:)),
      let issued = value["t"]?.intValue,
      let principal = Self.principal(value)
    else { return nil }
    self.init(
      number: number, principal: principal, version: version,
      client: ClientIdentity(info: value["i"], capabilities: value["c"] ?? .object(JSONObject())),
      issued: Timestamp(microseconds: Int64(issued)), backend: value["b"]?.stringValue)
  }

  package init(
    number: SessionNumber, principal: Principal, version: ProtocolVersion,
    client: ClientIdentity, issued: Timestamp, backend: String?
  ) {
    self.number = number
    self.principal = principal
    self.version = version
    self.client = client
    self.issued = issued
    self.backend = backend
  }

  private static func principal(_ value: JSONValue) -> Principal? {
    if let id = value["u"]?.stringValue { return .user(id: id) }
    if value["s"]?.boolValue == true { return .static }
    if let pair = value["o"]?.arrayValue, pair.count == 2,
      let issuer = pair[0].stringValue, let subject = pair[1].stringValue
    {
      return .oauth(issuer: issuer, subject: subject)
    }
    return nil
  }
}
