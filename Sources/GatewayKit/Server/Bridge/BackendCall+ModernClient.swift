import NIOCore

/// Questions for a modern client: its call is answered with them and parked, until its retry brings
/// what it says to them.
extension BackendCall {
  /// The backend asks something of the client.
  func asked(_ request: ServerRequest) {
    if request.method == .ping {
      return tell(ServerRequest.pong(id: request.id))
    }
    guard isForClient(request) else {
      return refuse(request, .methodNotFound(request.methodName))
    }
    if let session = origin.session {
      ask(request, in: session)
    } else if questions.count >= PendingInputs.limit {
      refuse(request, .tooManyQuestions)
    } else {
      lastKey += 1
      questions.append((String(lastKey), request))
      // One that comes while others wait is told with the next answer.
      if hasClient { park() }
    }
  }

  /// Whether the client said that it can be asked so. What no revision has is for legacy clients alone.
  private func isForClient(_ request: ServerRequest) -> Bool {
    switch request.method {
    case .elicitationCreate?, .samplingCreateMessage?, .rootsList?:
      request.method.map { origin.capabilities.lacks($0, request.params) == nil } ?? false
    default: origin.era == .legacy
    }
  }

  /// Answers the client with what is asked, and waits for its retry.
  private func park() {
    // What the retry has to be the same in.
    let digest = ParkedCalls.digest(request.body, request.envelope)
    guard let number = server.parked.add(link, origin, digest: digest) else {
      return giveUp(.cannotWait)
    }
    parkedAs = number
    parkUntil(loop.now + TimeAmount(server.configuration.limits.parkedTime))
    let input = InputRequired(
      requests: questions.map { question in
        var params = question.request.params
        // Its identifier is the legacy era's own.
        params?["elicitationId"] = nil
        return InputRequired.Request(
          key: question.key, method: question.request.method ?? .elicitationCreate, params: params)
      },
      requestState: Array("\"\(server.parked.state(of: number, origin, digest: digest))\"".utf8))
    dismissSink(
      with: .interim(input.response(id: translation.id, serverInfo: translation.serverInfo)))
  }

  /// The client has come again.
  ///
  /// - Parameter answers: the members of `inputResponses`, each value as JSON.
  func resume(
    _ sink: CallSink, _ translation: CallTranslation, answers: [(key: String, value: [UInt8])]
  ) {
    attach(sink, translation)
    for answer in answers {
      guard let index = questions.firstIndex(where: { $0.key == answer.key }) else { continue }
      let question = questions.remove(at: index)
      tell(ServerRequest.response(id: question.request.id, result: answer.value))
    }
    resume()
    // Another may have been asked meanwhile, or not all were answered.
    if !isOver, !questions.isEmpty { park() }
  }
}
