// Rotates every valid key that is older than so many days. The old ones work for one more day.
//
//     swift run RotateOldKeys data/users.json 60

import GatewayKit
import Glibc

let arguments = CommandLine.arguments
let path = arguments.count > 1 ? arguments[1] : "data/users.json"
let days = arguments.count > 2 ? Int(arguments[2]) ?? 60 : 60

do throws(StoreError) {
  // snippet.show
  let store = try await UserStore.open(path)
  for key in store.keys() where key.state() == .valid {
    guard key.createdAt.duration(to: .now) > .seconds(days * 86_400) else { continue }
    do throws(StoreError) {
      let issued = try await store.rotateKey(.id(key.id), grace: .seconds(86_400))
      // Hand it to its user by a way that only they read.
      print(key.username, issued.key.name, issued.secret)
    } catch .keyNotRotatable {
      // In the grace period of an earlier rotation: its successor is in this list too.
    }
  }
  // snippet.hide
} catch {
  print(error)
  exit(error.exitCode)
}
