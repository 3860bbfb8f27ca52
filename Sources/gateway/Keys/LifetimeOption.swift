import ArgumentParser
import GatewayKit

/// `--ttl-days N`, as the REST API's `ttl_days`.
struct LifetimeOption: ParsableArguments {
  @Option(help: ArgumentHelp("How long the key lives, in days: 1 to 3650.", valueName: "days"))
  var ttlDays: Int?

  var lifetime: KeyLifetime? { ttlDays.map { .days($0) } }
}
