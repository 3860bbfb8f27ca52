extension DemoDescription {
  /// A house: lights, a heating, sensors.
  static let homeassistant = DemoDescription(
    name: "homeassistant",
    title: "Home Assistant (demo)",
    instructions: """
      Demo of a Home Assistant server for an invented house. Switching answers as if it were \
      done; the states stay as they are.
      """,
    tools: [
      DemoTool(
        name: "list_entities", title: "List entities",
        summary: "Lists the entities and their states",
        parameters: [
          .optional("domain", .choice(HouseData.domains), "Only those of this domain")
        ],
        work: .answer { HouseData.entities(in: $0.text("domain")) }),
      DemoTool(
        name: "get_state", title: "Get a state",
        summary: "Gives an entity's state and attributes",
        parameters: [.required("entity_id", .text, "The entity, such as light.kitchen")],
        work: .answer { arguments throws(DemoFailure) in
          try HouseData.entity(arguments.text("entity_id") ?? "")
        }),
      DemoTool(
        name: "turn_on", title: "Turn on",
        summary: "Turns a light or switch on",
        isReadOnly: false,
        parameters: [
          .required("entity_id", .text, "The light or switch"),
          .optional("brightness", .integer(1...100), "Percent, lights only"),
        ],
        work: .answer { arguments throws(DemoFailure) in
          try HouseData.switched(arguments, to: "on")
        }),
      DemoTool(
        name: "turn_off", title: "Turn off",
        summary: "Turns a light or switch off",
        isReadOnly: false,
        parameters: [.required("entity_id", .text, "The light or switch")],
        work: .answer { arguments throws(DemoFailure) in
          try HouseData.switched(arguments, to: "off")
        }),
      DemoTool(
        name: "set_temperature", title: "Set a temperature",
        summary: "Sets the target temperature of a heating",
        isReadOnly: false,
        parameters: [
          .required("entity_id", .text, "The heating, such as climate.living_room"),
          .required("temperature", .number(5...30), "Degrees Celsius"),
        ],
        work: .answer { arguments throws(DemoFailure) in
          try HouseData.heated(arguments)
        }),
    ],
    prompts: [
      DemoPrompt(
        name: "good_night", title: "Good night",
        summary: "Asks to bring the house to rest",
        arguments: [
          .init(
            name: "keep_on", summary: "A light that stays on", isRequired: false,
            values: ["light.hall", "light.kitchen", "light.living_room"])
        ],
        render: {
          """
          Bring the house to rest with the homeassistant tools: turn off every light that is on\
          \($0["keep_on"].map { " except \($0)" } ?? ""), set the heating to 17 degrees, and \
          say which windows are open.
          """
        })
    ],
    resources: [
      DemoResource(
        uri: "homeassistant://areas", name: "areas", title: "Areas",
        summary: "The rooms of the house",
        contents: ["areas": ["Kitchen", "Living room", "Hall", "Study"], "demo": true])
    ],
    templates: [
      DemoTemplate(
        prefix: "homeassistant://states/", variable: "entity_id", name: "state",
        title: "State", summary: "An entity's state", contents: HouseData.states)
    ])
}

/// The records of the homeassistant demo.
private enum HouseData {
  static let domains = ["light", "switch", "climate", "sensor", "binary_sensor"]

  static let states: [(value: String, contents: JSONValue)] = [
    state("light.kitchen", "on", "Kitchen", ["brightness": 80]),
    state("light.living_room", "off", "Living room", [:]),
    state("light.hall", "on", "Hall", ["brightness": 30]),
    state("switch.coffee_machine", "off", "Kitchen", [:]),
    state(
      "climate.living_room", "heat", "Living room", ["temperature": 21, "current": .number("20.4")]),
    state("sensor.outdoor_temperature", "17.8", "Outside", ["unit": "°C"]),
    state("binary_sensor.study_window", "on", "Study", ["device_class": "window"]),
  ]

  private static func state(
    _ id: String, _ state: JSONValue, _ area: JSONValue, _ attributes: JSONValue
  ) -> (value: String, contents: JSONValue) {
    (
      id,
      [
        "entity_id": .string(id), "state": state, "area": area, "attributes": attributes,
        "last_changed": "2026-07-16T06:42:00Z",
      ]
    )
  }

  static func entities(in domain: String?) -> JSONValue {
    let found = states.filter { domain == nil || $0.value.hasPrefix("\(domain ?? "").") }
    return ["entities": .array(found.map(\.contents)), "total": .number("\(found.count)")]
  }

  static func entity(_ id: String) throws(DemoFailure) -> JSONValue {
    guard let found = states.first(where: { $0.value == id })?.contents else {
      throw .unknown("entity", id, known: states.map(\.value))
    }
    return found
  }

  static func switched(
    _ arguments: DemoArguments, to state: JSONValue
  ) throws(DemoFailure) -> JSONValue {
    let id = arguments.text("entity_id") ?? ""
    let entity = try entity(id)
    guard id.hasPrefix("light.") || id.hasPrefix("switch.") else {
      throw DemoFailure("\(id) cannot be switched: only lights and switches can.")
    }
    var result: JSONValue = [
      "entity_id": .string(id), "was": entity["state"] ?? .null, "state": state,
    ]
    if let brightness = arguments["brightness"] {
      guard id.hasPrefix("light.") else {
        throw DemoFailure("\(id) has no brightness: only lights have.")
      }
      result = result.adding("brightness", brightness)
    }
    return result.adding("stored", false)
  }

  static func heated(_ arguments: DemoArguments) throws(DemoFailure) -> JSONValue {
    let id = arguments.text("entity_id") ?? ""
    let entity = try entity(id)
    guard id.hasPrefix("climate.") else {
      throw DemoFailure("\(id) is not a heating. Known: climate.living_room.")
    }
    return [
      "entity_id": .string(id), "was": entity["attributes"]?["temperature"] ?? .null,
      "temperature": arguments["temperature"] ?? .null, "stored": false,
    ]
  }
}
