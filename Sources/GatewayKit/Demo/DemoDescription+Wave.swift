extension DemoDescription {
  /// Bookkeeping: accounts, transactions, profit and loss.
  static let wave = DemoDescription(
    name: "wave",
    title: "Wave (demo)",
    instructions: "Demo of a Wave bookkeeping server with invented accounts. Amounts are in EUR.",
    tools: [
      DemoTool(
        name: "list_accounts", title: "List accounts",
        summary: "Lists the accounts with their balances",
        work: .answer { _ in ["accounts": .array(WaveData.accounts.map(\.contents))] }),
      DemoTool(
        name: "list_transactions", title: "List transactions",
        summary: "Lists transactions, newest first",
        parameters: [
          .optional("account", .choice(WaveData.accounts.map(\.value)), "Only of this account"),
          .optional("limit", .integer(1...50), "At most so many", standard: 10),
        ],
        work: .answer { WaveData.transactions($0) }),
      DemoTool(
        name: "get_profit_and_loss", title: "Get profit and loss",
        summary: "Gives income, expenses and profit of a quarter of 2026",
        parameters: [
          .required("quarter", .choice(["2026-Q1", "2026-Q2"]), "Which quarter")
        ],
        work: .answer { WaveData.profit(in: $0.text("quarter") ?? "") }),
      DemoTool(
        name: "categorize_transaction", title: "Categorize a transaction",
        summary: "Puts a transaction into a category",
        isReadOnly: false,
        parameters: [
          .required("transaction", .text, "The transaction's id, such as T-1006"),
          .required("category", .choice(WaveData.categories), "The category"),
        ],
        work: .answer { arguments throws(DemoFailure) in
          try WaveData.categorized(arguments)
        }),
    ],
    prompts: [
      DemoPrompt(
        name: "monthly_review", title: "Monthly review",
        summary: "Asks for a review of an account's month",
        arguments: [
          .init(
            name: "account", summary: "The account", isRequired: true,
            values: WaveData.accounts.map(\.value)),
          .init(
            name: "month", summary: "The month", isRequired: false,
            values: ["2026-05", "2026-06", "2026-07"]),
        ],
        render: {
          """
          Review the account \($0["account"] ?? "") for \($0["month"] ?? "2026-07") with the \
          wave tools: what came in, what went out, what is unusual, in at most ten lines.
          """
        })
    ],
    resources: [
      DemoResource(
        uri: "wave://categories", name: "categories", title: "Categories",
        summary: "The categories of transactions",
        contents: ["categories": .array(WaveData.categories.map(JSONValue.string))])
    ],
    templates: [
      DemoTemplate(
        prefix: "wave://accounts/", variable: "account", name: "account", title: "Account",
        summary: "An account with its balance", contents: WaveData.accounts)
    ])
}

/// The records of the wave demo.
private enum WaveData {
  static let categories = ["Sales", "Materials", "Rent", "Travel", "Bank fees"]

  static let accounts: [(value: String, contents: JSONValue)] = [
    (
      "checking",
      [
        "account": "checking", "name": "Checking account", "balance": .number("18342.75"),
        "currency": "EUR",
      ]
    ),
    (
      "savings",
      ["account": "savings", "name": "Savings account", "balance": 40000, "currency": "EUR"]
    ),
    (
      "card",
      ["account": "card", "name": "Company card", "balance": .number("-612.4"), "currency": "EUR"]
    ),
  ]

  private static let allTransactions: [JSONValue] = [
    transaction("T-1006", "2026-07-16", "checking", "Fjord Outdoor AS", 1314, "Sales"),
    transaction(
      "T-1005", "2026-07-15", "card", "Rail ticket Kassel - Bremen", .number("-87.4"), "Travel"),
    transaction("T-1004", "2026-07-09", "card", "Timber and screws", -525, "Materials"),
    transaction("T-1003", "2026-07-01", "checking", "Workshop rent July", -1900, "Rent"),
    transaction("T-1002", "2026-06-30", "checking", "Account fee", .number("-9.9"), "Bank fees"),
    transaction("T-1001", "2026-06-27", "checking", "Bergmann Bau AG", 8940, "Sales"),
  ]

  private static func transaction(
    _ id: JSONValue, _ date: JSONValue, _ account: JSONValue, _ text: JSONValue,
    _ amount: JSONValue, _ category: JSONValue
  ) -> JSONValue {
    [
      "id": id, "date": date, "account": account, "text": text, "amount": amount,
      "currency": "EUR", "category": category,
    ]
  }

  static func transactions(_ arguments: DemoArguments) -> JSONValue {
    let found = allTransactions.filter {
      (arguments["account"] ?? $0["account"]) == $0["account"]
    }
    let shown = found.prefix(arguments.integer("limit") ?? 10)
    return ["transactions": .array(Array(shown)), "total": .number("\(found.count)")]
  }

  static func profit(in quarter: String) -> JSONValue {
    quarter == "2026-Q1"
      ? [
        "quarter": "2026-Q1", "income": 41250, "expenses": 30980, "profit": 10270,
        "currency": "EUR",
      ]
      : [
        "quarter": "2026-Q2", "income": 46875, "expenses": 33415, "profit": 13460,
        "currency": "EUR",
      ]
  }

  static func categorized(_ arguments: DemoArguments) throws(DemoFailure) -> JSONValue {
    let id = arguments.text("transaction") ?? ""
    guard let found = allTransactions.first(where: { $0["id"] == .string(id) }) else {
      throw .unknown(
        "transaction", id, known: allTransactions.compactMap { $0["id"]?.stringValue })
    }
    return [
      "id": .string(id), "was": found["category"] ?? .null,
      "category": arguments["category"] ?? .null, "stored": false,
    ]
  }
}
