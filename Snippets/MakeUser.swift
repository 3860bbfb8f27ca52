// Makes a user who may use two backends, and a key for ninety days.
//
//     swift run MakeUser data/users.json alice

import GatewayKit
import Glibc

let arguments = CommandLine.arguments
let path = arguments.count > 1 ? arguments[1] : "data/users.json"
let name = arguments.count > 2 ? arguments[2] : "alice"

do throws(StoreError) {
  // snippet.show
  let store = try await UserStore.open(path, creating: true)
  try await store.createUser(name, email: "\(name)@example.com", description: "Engineering team")
  try await store.setAccess(for: name, allowed: ["erpnext", "wave/get_*"], blocked: [])
  let issued = try await store.issueKey(for: name, named: "production-key", ttl: .days(90))
  print(issued.secret)  // mcpgw_…, the only time it exists in clear
  // snippet.hide
} catch {
  // Each error says what happened, where, and what to do.
  print(error)
  exit(error.exitCode)
}
