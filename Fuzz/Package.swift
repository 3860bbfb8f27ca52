// swift-tools-version: 6.2
import PackageDescription

// GatewayKit here is the rooms that are fuzzed, by links to their folders: their `package` API is
// open to the fuzzers, and a build takes a minute and not ten. Built by Scripts/fuzz, with the
// flags that libFuzzer needs.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "mcp-gateway-fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2")
  ],
  targets: [
    .target(name: "GatewayKit", swiftSettings: strict),
    .executableTarget(
      name: "FuzzHTTP",
      dependencies: [
        "GatewayKit",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "FuzzJSON", dependencies: ["GatewayKit"], swiftSettings: strict),
  ]
)
