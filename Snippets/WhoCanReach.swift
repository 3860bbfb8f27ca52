// Reports who can reach a backend, by which rule, and with how many keys.
//
//     swift run WhoCanReach data/users.json erpnext

import GatewayKit
import Glibc

let arguments = CommandLine.arguments
let path = arguments.count > 1 ? arguments[1] : "data/users.json"
let backend = arguments.count > 2 ? arguments[2] : "erpnext"

do throws(StoreError) {
  // snippet.show
  let store = try await UserStore.open(path)
  for access in store.access(to: backend) {
    let keys = access.user.isEnabled ? "\(access.validKeys.count) valid keys" : "disabled"
    print("\(access.user.username): \(keys), because of \(access.reason)")
  }
  // snippet.hide
} catch {
  print(error)
  exit(error.exitCode)
}
