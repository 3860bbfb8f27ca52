import ArgumentParser
import GatewayKit
import Glibc

struct KeysInspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a key is: well-formed, known, whose, and whether it works now.",
    discussion:
      "Works without a store too; then it says only whether the key is well-formed. The key "
      + "comes on standard input, in one line, and is printed nowhere. Exits with 3 for a key that "
      + "the store does not know.")

  @OptionGroup var key: KeyReference
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let path = try options.configuration(for: .store).storePath
    let hasStore = access(path, F_OK) == 0
    guard key.text == "-" else {
      let store = try await options.store()
      let found = try store.key(try key.selector(in: store))
      return show(
        Inspection(form: nil, id: found.id, key: found, store: path), store.user(found.username))
    }
    let secret = try SecretInput.readLine(prompt: "Paste the key:")
    var inspection = Inspection(
      form: KeyForm(of: secret), id: APIKey.id(ofSecret: secret), key: nil,
      store: hasStore ? path : nil)
    var user: User?
    if hasStore {
      let store = try await options.store()
      inspection.key = store.keys().first { $0.matches(secret: secret) }
      user = inspection.key.flatMap { key in store.users().first { $0.id == key.userID } }
    }
    show(inspection, user)
    if hasStore, inspection.key == nil { throw ExitCode(3) }
  }

  private struct Inspection {
    let form: KeyForm?
    let id: String
    var key: APIKey?
    let store: String?
  }

  private func show(_ inspection: Inspection, _ user: User?) {
    let now = Timestamp.now
    let state = inspection.key?.state(at: now)
    let works = state == .valid && user?.isEnabled == true
    if options.json {
      var body = JSONObject([("key_id", .string(inspection.id))])
      body["store"] = inspection.store.map(JSONValue.string) ?? .null
      body["known"] = .bool(inspection.key != nil)
      body["works"] = inspection.store == nil ? .null : .bool(works)
      body["key"] = inspection.key?.json(at: now) ?? .null
      body["user_enabled"] = user.map { .bool($0.isEnabled) } ?? .null
      if let form = inspection.form { body["form"] = .string(form.rawValue) }
      return Output.print(.object(body))
    }
    var fields = FieldList()
    if let form = inspection.form { fields.add("form", form.inWords) }
    fields.add("id", inspection.id)
    if let key = inspection.key {
      fields.add("user", user?.username ?? key.username)
      fields.add("name", key.name)
      fields.add("created", key.createdAt.shown)
      fields.add("expires", key.expiresAt?.shown ?? "never")
      fields.add("state", words(state, user))
    } else if let store = inspection.store {
      fields.add("state", "unknown: no key of \(store) is this one")
    } else {
      fields.add("state", "not looked up: there is no store here")
    }
    Output.print(fields.text)
  }

  private func words(_ state: KeyState?, _ user: User?) -> String {
    switch state {
    case .valid where user?.isEnabled == false: "does not work: its user is disabled"
    case .valid: "valid"
    case .expired: "does not work: expired"
    case .revoked: "does not work: revoked"
    case .disabled: "does not work: its user is disabled"
    case nil: "unknown"
    }
  }
}
