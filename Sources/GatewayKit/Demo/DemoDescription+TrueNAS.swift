extension DemoDescription {
  /// Storage: pools, snapshots, and a scrub that reports its progress.
  static let truenas = DemoDescription(
    name: "truenas",
    title: "TrueNAS (demo)",
    instructions: """
      Demo of a TrueNAS server with two invented pools. start_scrub takes a while and reports \
      progress.
      """,
    tools: [
      DemoTool(
        name: "get_pool_status", title: "Get a pool's status",
        summary: "Gives health, use and disks of a storage pool",
        parameters: [.required("pool", .choice(TrueNASData.pools.map(\.value)), "The pool")],
        work: .answer { TrueNASData.pool($0.text("pool") ?? "") }),
      DemoTool(
        name: "list_snapshots", title: "List snapshots",
        summary: "Lists snapshots, newest first",
        parameters: [
          .optional("dataset", .choice(TrueNASData.datasets), "Only of this dataset"),
          .optional("limit", .integer(1...50), "At most so many", standard: 10),
        ],
        work: .answer { TrueNASData.snapshots($0) }),
      DemoTool(
        name: "list_alerts", title: "List alerts",
        summary: "Lists what needs attention",
        work: .answer { _ in ["alerts": TrueNASData.alerts] }),
      DemoTool(
        name: "start_scrub", title: "Scrub a pool",
        summary: "Checks a pool's data in ten steps and reports each as progress",
        isReadOnly: false,
        parameters: [
          .required("pool", .choice(TrueNASData.pools.map(\.value)), "The pool"),
          .optional(
            "seconds", .number(0...600), "How long the demo takes in all", standard: 5),
        ],
        work: .steps { arguments in
          let pool = arguments.text("pool") ?? ""
          return DemoSteps(
            count: 10, pause: .seconds((arguments.number("seconds") ?? 5) / 10),
            message: { "\(pool): \($0 * 10) % scrubbed" },
            result: [
              "pool": .string(pool), "state": "FINISHED", "errors": 0, "repaired_bytes": 0,
            ])
        }),
    ],
    prompts: [
      DemoPrompt(
        name: "storage_report", title: "Storage report",
        summary: "Asks for a report on a pool",
        arguments: [
          .init(
            name: "pool", summary: "The pool", isRequired: true,
            values: TrueNASData.pools.map(\.value))
        ],
        render: {
          """
          Write a report on the pool \($0["pool"] ?? "") with the truenas tools: health, use, \
          age of the newest snapshot, open alerts, and what to do first.
          """
        })
    ],
    resources: [
      DemoResource(
        uri: "truenas://system", name: "system", title: "System",
        summary: "Host name, version and memory",
        contents: [
          "hostname": "nas.home.example", "version": "TrueNAS-25.10.1", "memory_gib": 64,
          "demo": true,
        ])
    ],
    templates: [
      DemoTemplate(
        prefix: "truenas://pools/", variable: "pool", name: "pool", title: "Pool",
        summary: "A pool's status", contents: TrueNASData.pools)
    ])
}

/// The records of the truenas demo.
private enum TrueNASData {
  static let datasets = ["tank/home", "tank/media", "fast/vm"]

  static let pools: [(value: String, contents: JSONValue)] = [
    (
      "tank",
      [
        "pool": "tank", "status": "ONLINE", "healthy": true, "layout": "raidz2",
        "size_gib": 43690, "used_gib": 27104, "last_scrub": "2026-07-05",
        "disks": ["sda", "sdb", "sdc", "sdd", "sde", "sdf"],
      ]
    ),
    (
      "fast",
      [
        "pool": "fast", "status": "DEGRADED", "healthy": false, "layout": "mirror",
        "size_gib": 1862, "used_gib": 911, "last_scrub": "2026-06-21",
        "disks": ["nvme0n1", "nvme1n1"],
      ]
    ),
  ]

  static let alerts: JSONValue = [
    [
      "level": "CRITICAL", "since": "2026-07-12T03:14:00Z",
      "text": "Pool fast is DEGRADED: disk nvme1n1 reports 14 read errors.",
    ],
    [
      "level": "INFO", "since": "2026-07-01T08:00:00Z",
      "text": "An update to TrueNAS-25.10.2 is available.",
    ],
  ]

  private static let allSnapshots: [JSONValue] = [
    snapshot("tank/home@auto-2026-07-16", "tank/home", "2026-07-16T02:00:00Z", 312),
    snapshot("fast/vm@auto-2026-07-16", "fast/vm", "2026-07-16T01:00:00Z", 5230),
    snapshot("tank/home@auto-2026-07-15", "tank/home", "2026-07-15T02:00:00Z", 287),
    snapshot("tank/media@weekly-2026-07-12", "tank/media", "2026-07-12T04:00:00Z", 18900),
  ]

  private static func snapshot(
    _ name: JSONValue, _ dataset: JSONValue, _ created: JSONValue, _ size: JSONValue
  ) -> JSONValue {
    ["name": name, "dataset": dataset, "created": created, "size_mib": size]
  }

  static func pool(_ name: String) -> JSONValue {
    pools.first { $0.value == name }?.contents ?? .null
  }

  static func snapshots(_ arguments: DemoArguments) -> JSONValue {
    let found = allSnapshots.filter {
      (arguments["dataset"] ?? $0["dataset"]) == $0["dataset"]
    }
    let shown = found.prefix(arguments.integer("limit") ?? 10)
    return ["snapshots": .array(Array(shown)), "total": .number("\(found.count)")]
  }
}
