import GatewayKit

extension AccessTarget {
  /// From a command line's argument.
  init(argument text: String) throws(CommandFailure) {
    guard let target = AccessTarget(text) else {
      throw .usage(
        "\"\(text)\" must be BACKEND, or BACKEND/NAME for a tool, a prompt or a resource.")
    }
    self = target
  }
}
