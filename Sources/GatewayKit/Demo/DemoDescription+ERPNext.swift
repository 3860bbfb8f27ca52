extension DemoDescription {
  /// An ERP: customers, invoices, stock, quotations.
  static let erpnext = DemoDescription(
    name: "erpnext",
    title: "ERPNext (demo)",
    instructions: """
      Demo of an ERPNext server: invoices, customers and stock of an invented company. \
      Amounts are in EUR.
      """,
    tools: [
      DemoTool(
        name: "list_invoices", title: "List invoices",
        summary: "Lists sales invoices, newest first",
        parameters: [
          .optional("status", .choice(["paid", "unpaid", "overdue"]), "Only those in this state"),
          .optional("customer", .text, "Only those of this customer's id"),
          .optional("limit", .integer(1...50), "At most so many", standard: 10),
        ],
        work: .answer { arguments throws(DemoFailure) in
          try ERPNextData.invoices(arguments)
        }),
      DemoTool(
        name: "get_invoice", title: "Get an invoice",
        summary: "Gives one sales invoice",
        parameters: [.required("number", .text, "The invoice's number, such as INV-0001")],
        work: .answer { arguments throws(DemoFailure) in
          try ERPNextData.invoice(arguments.text("number") ?? "")
        }),
      DemoTool(
        name: "get_customer", title: "Get a customer",
        summary: "Gives a customer's record and what they owe",
        parameters: [.required("customer", .text, "The customer's id, such as CUST-0001")],
        work: .answer { arguments throws(DemoFailure) in
          try ERPNextData.customer(arguments.text("customer") ?? "")
        }),
      DemoTool(
        name: "get_stock", title: "Get an item's stock",
        summary: "Gives price and stock of an item, by warehouse",
        parameters: [
          .required("item", .choice(ERPNextData.items.map(\.value)), "The item's code")
        ],
        work: .answer { arguments throws(DemoFailure) in
          try ERPNextData.item(arguments.text("item") ?? "")
        }),
      DemoTool(
        name: "create_quotation", title: "Create a quotation",
        summary: "Computes a quotation for a customer",
        isReadOnly: false,
        parameters: [
          .required("customer", .text, "The customer's id, such as CUST-0001"),
          .required("item", .choice(ERPNextData.items.map(\.value)), "The item's code"),
          .required("quantity", .integer(1...10_000), "How many"),
        ],
        work: .answer { arguments throws(DemoFailure) in
          try ERPNextData.quotation(arguments)
        }),
    ],
    prompts: [
      DemoPrompt(
        name: "payment_reminder", title: "Payment reminder",
        summary: "Asks for a polite reminder to a customer whose invoices are overdue",
        arguments: [
          .init(
            name: "customer", summary: "The customer's id", isRequired: true,
            values: ERPNextData.customers.map(\.value)),
          .init(
            name: "tone", summary: "How it should sound", isRequired: false,
            values: ["friendly", "neutral", "firm"]),
        ],
        render: {
          """
          Look up the customer \($0["customer"] ?? "") and their overdue invoices with the \
          erpnext tools, then write a \($0["tone"] ?? "friendly") payment reminder that names \
          each invoice, its amount and its due date.
          """
        })
    ],
    resources: [
      DemoResource(
        uri: "erpnext://company", name: "company", title: "Company",
        summary: "Name, currency and fiscal year of the company",
        contents: [
          "name": "Nordlicht Werkzeuge GmbH", "currency": "EUR", "country": "Germany",
          "fiscal_year": "2026", "demo": true,
        ])
    ],
    templates: [
      DemoTemplate(
        prefix: "erpnext://customers/", variable: "customer", name: "customer",
        title: "Customer", summary: "A customer's record", contents: ERPNextData.customers)
    ])
}

/// The records of the erpnext demo.
private enum ERPNextData {
  static let customers: [(value: String, contents: JSONValue)] = [
    (
      "CUST-0001",
      [
        "id": "CUST-0001", "name": "Bergmann Bau AG", "city": "Kassel", "group": "Commercial",
        "email": "einkauf@bergmann-bau.example", "credit_limit": 20000,
      ]
    ),
    (
      "CUST-0002",
      [
        "id": "CUST-0002", "name": "Fjord Outdoor AS", "city": "Bergen", "group": "Retail",
        "email": "orders@fjord-outdoor.example", "credit_limit": 8000,
      ]
    ),
    (
      "CUST-0003",
      [
        "id": "CUST-0003", "name": "Atelier Lumen", "city": "Lyon", "group": "Individual",
        "email": "bonjour@atelier-lumen.example", "credit_limit": 1500,
      ]
    ),
  ]

  static let items: [(value: String, contents: JSONValue)] = [
    (
      "DRILL-18V",
      [
        "item": "DRILL-18V", "name": "Cordless drill 18 V", "price": 149,
        "stock": ["Kassel": 42, "Bremen": 7],
      ]
    ),
    (
      "SAW-190",
      [
        "item": "SAW-190", "name": "Circular saw 190 mm", "price": 219,
        "stock": ["Kassel": 12, "Bremen": 0],
      ]
    ),
    (
      "LAMP-LED",
      [
        "item": "LAMP-LED", "name": "Work lamp LED 50 W", "price": 59,
        "stock": ["Kassel": 130, "Bremen": 64],
      ]
    ),
  ]

  private static let allInvoices: [JSONValue] = [
    invoice("INV-0006", "CUST-0002", "2026-07-14", "2026-08-13", 1314, "unpaid"),
    invoice("INV-0005", "CUST-0001", "2026-07-02", "2026-08-01", 5960, "unpaid"),
    invoice("INV-0004", "CUST-0003", "2026-06-20", "2026-07-20", 590, "overdue"),
    invoice("INV-0003", "CUST-0001", "2026-06-11", "2026-07-11", 2190, "overdue"),
    invoice("INV-0002", "CUST-0002", "2026-05-28", "2026-06-27", 745, "paid"),
    invoice("INV-0001", "CUST-0001", "2026-05-06", "2026-06-05", 8940, "paid"),
  ]

  private static func invoice(
    _ number: JSONValue, _ customer: JSONValue, _ posted: JSONValue, _ due: JSONValue,
    _ total: JSONValue, _ status: JSONValue
  ) -> JSONValue {
    [
      "number": number, "customer": customer, "posted": posted, "due": due, "total": total,
      "currency": "EUR", "status": status,
    ]
  }

  static func invoices(_ arguments: DemoArguments) throws(DemoFailure) -> JSONValue {
    if let customer = arguments.text("customer") {
      _ = try self.customer(customer)
    }
    let found = allInvoices.filter {
      (arguments["status"] ?? $0["status"]) == $0["status"]
        && (arguments["customer"] ?? $0["customer"]) == $0["customer"]
    }
    let shown = found.prefix(arguments.integer("limit") ?? 10)
    return ["invoices": .array(Array(shown)), "total": .number("\(found.count)")]
  }

  static func invoice(_ number: String) throws(DemoFailure) -> JSONValue {
    guard let invoice = allInvoices.first(where: { $0["number"] == .string(number) }) else {
      throw .unknown(
        "invoice", number, known: allInvoices.compactMap { $0["number"]?.stringValue })
    }
    return invoice
  }

  static func customer(_ id: String) throws(DemoFailure) -> JSONValue {
    guard let customer = customers.first(where: { $0.value == id })?.contents else {
      throw .unknown("customer", id, known: customers.map(\.value))
    }
    let open = allInvoices.filter { $0["customer"] == .string(id) && $0["status"] != "paid" }
    let owed = open.compactMap { $0["total"]?.intValue }.reduce(0, +)
    return customer.adding("open_invoices", .array(open.compactMap { $0["number"] }))
      .adding("outstanding", .number("\(owed)"))
  }

  static func item(_ code: String) throws(DemoFailure) -> JSONValue {
    guard let item = items.first(where: { $0.value == code })?.contents else {
      throw .unknown("item", code, known: items.map(\.value))
    }
    return item
  }

  static func quotation(_ arguments: DemoArguments) throws(DemoFailure) -> JSONValue {
    let customer = try customer(arguments.text("customer") ?? "")
    let item = try item(arguments.text("item") ?? "")
    let quantity = arguments.integer("quantity") ?? 1
    let net = quantity * (item["price"]?.intValue ?? 0)
    // Whole cents, so that no rounding of binary fractions shows.
    let cents = net * 119
    let gross = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    return [
      "quotation": "QTN-2026-00042", "customer": customer["name"] ?? .null,
      "item": item["name"] ?? .null, "quantity": .number("\(quantity)"),
      "net": .number("\(net)"), "vat_percent": 19, "gross": .number(gross), "currency": "EUR",
      "stored": false,
    ]
  }
}
