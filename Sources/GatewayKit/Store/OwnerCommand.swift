import Glibc

/// The command that does what this process may not: itself, run as the store's owner.
enum OwnerCommand {
  static func text(
    storePath: String, owner: AtomicFile.Owner, arguments: [String] = CommandLine.arguments,
    uid: uid_t = geteuid()
  ) -> String {
    var words = ["sudo"]
    // The owner who is not in the file's group needs root, as only root may give that away.
    if owner.uid != uid {
      let name = getpwuid(owner.uid).map { String(cString: $0.pointee.pw_name) }
      words += ["-u", name ?? "#\(owner.uid)"]
    }
    words += ["env", "USERS_DB_PATH=\(storePath)"]
    words += arguments.isEmpty ? ["gateway"] : arguments
    return words.map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-_./=:@%+,".utf8.contains(byte)
    }
    if plain, !word.isEmpty { return word }
    var text = word
    text.replace("'", with: "'\\''")
    return "'\(text)'"
  }
}
