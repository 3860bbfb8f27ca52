/// Work that takes a while: the same pause before each step.
struct DemoSteps: Sendable {
  let count: Int
  let pause: Duration
  let message: @Sendable (Int) -> String
  let result: JSONValue
}
