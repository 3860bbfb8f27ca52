import GatewayKit

extension CommonOptions {
  /// What was counted; nil where nothing ever was.
  func usage(beside storePath: String) throws -> UsageBook? {
    do throws(FileError) {
      let kept = try UsageFile(beside: storePath).read()
      if let failure = kept.journalFailure {
        Output.complain(
          "the newest counts are missing: \(failure.path) cannot be read: \(failure.reason)",
          prefixed: true)
      }
      return kept.book
    } catch {
      throw CommandFailure.failed(
        "usage_unreadable",
        "\(error.path) cannot be read: \(error.reason); a gateway that starts puts it aside and counts anew"
      )
    }
  }

  /// When keys were last used. Nobody's list fails because that is not known.
  func keyUses() throws -> KeyUses {
    let path = try configuration(for: .store).storePath
    do throws(FileError) {
      return try KeyUses.read(beside: path)
    } catch {
      Output.complain(
        "when keys were last used is not known: \(error.path): \(error.reason)", prefixed: true)
      return .none
    }
  }
}
