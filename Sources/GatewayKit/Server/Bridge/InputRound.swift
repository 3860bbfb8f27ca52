/// What a modern backend wants to be told before it goes on, and what its legacy client has answered.
struct InputRound {
  private(set) var waiting: Int
  private var answers: [(key: String, result: [UInt8]?)]
  let requestState: [UInt8]?

  init(_ input: InputRequired) {
    waiting = input.requests.count
    answers = input.requests.map { ($0.key, nil) }
    requestState = input.requestState
  }

  /// Takes an answer; whether it was the last.
  mutating func take(_ result: [UInt8], for key: String) -> Bool {
    guard let index = answers.firstIndex(where: { $0.key == key && $0.result == nil }) else {
      return false
    }
    answers[index].result = result
    waiting -= 1
    return waiting == 0
  }

  /// The members of `params` that the retry has more.
  var members: [[UInt8]] {
    InputRequired.retry(
      answers.compactMap { answer in answer.result.map { (answer.key, $0) } },
      requestState: requestState)
  }
}
