/// What a tool says when it cannot do what was asked: a result with `isError`, so that a model
/// can read it and try again (2026-07-28, Tools, Error Handling).
struct DemoFailure: Error, Equatable {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  static func unknown(_ what: String, _ name: String, known: [String]) -> DemoFailure {
    DemoFailure(
      "There is no \(what) \"\(name)\" in the demo data. Known: \(known.joined(separator: ", ")).")
  }
}
