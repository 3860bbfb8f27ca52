/// Why the store did not do what it was asked. Nothing was changed, but for ``unconfirmed(path:reason:)``.
///
/// Each case prints one sentence that says what happened, where, and what to do.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was named is no path but the address of a kind of store that this version does not have.
  case unsupported(address: String)
  /// There is no file at the path.
  case missing(path: String)
  /// Its bytes are not what a users' file is.
  case unreadable(path: String, line: Int?, reason: String)
  /// The system would not let it be read.
  case inaccessible(path: String, reason: String)
  /// The name is taken, in whatever case.
  case userExists(String)
  /// No user has the name.
  case userNotFound(String)
  /// No key has the id or name, or is the one given.
  case keyNotFound
  /// More than one key has the id or name, in a file of another program.
  case keyAmbiguous(id: String)
  /// Another live key of the user has the name.
  case keyNameTaken(String)
  /// It was rotated already, or is revoked or expired.
  case keyNotRotatable(reason: String)
  /// No new user may be called that.
  case invalidUsername(String)
  /// No key may be called that.
  case invalidKeyName(String)
  /// So many days are out of ``KeyLifetime/range``.
  case invalidLifetime(Int)
  /// An entry of an access list means nothing.
  case invalidAccessEntry(AccessEntryError)
  /// Another value cannot be kept.
  case invalidValue(field: String, reason: String)
  /// The value that the change went out from is no longer there.
  case conflict(field: String)
  /// Another process held the lock for all of the five seconds that a writer waits.
  case locked(owner: String)
  /// This process could not give the new file to the owner of the old one; `command` can.
  case foreignOwner(path: String, command: String)
  /// The file is write-protected, or its directory or file system is.
  case readOnly(path: String, reason: String)
  /// No room, or a quota is used up.
  case diskFull(path: String)
  /// The file is a mount of its own, which cannot be replaced.
  case mountedFile(path: String)
  /// The system refused otherwise.
  case writeFailed(path: String, reason: String)
  /// The change was made, and the disk did not confirm that it would survive a power failure.
  case unconfirmed(path: String, reason: String)
  /// The key is revoked, which is for good.
  case keyRevoked(id: String)
  /// The configuration says that nothing is done that cannot be logged, and it cannot.
  case auditUnwritable(path: String, reason: String)
  /// No kept generation has the name.
  case generationNotFound(String)

  public var description: String {
    switch self {
    case .unsupported(let address):
      "\(SafeText.line(address)) is a kind of store that is not in this version; give the path of a users.json."
    case .missing(let path):
      "There is no store at \(path). Name another with --users-db or USERS_DB_PATH, or make a first user."
    case .unreadable(let path, let line, let reason):
      "\(path)\(line.map { ":\($0)" } ?? ""): \(reason). The file was left as it is: mend it, or see `gateway store generations` for earlier ones."
    case .inaccessible(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .userExists(let name):
      "There is a user \(SafeText.line(name)) already; names are taken whatever their case."
    case .userNotFound(let name):
      "There is no user \"\(SafeText.line(name))\"; `gateway users list` shows them all."
    case .keyNotFound: "There is no such key; `gateway keys list` shows them all."
    case .keyAmbiguous(let id):
      "More than one key has the id \(id); name it by its user and name, or give the key itself."
    case .keyNameTaken(let name):
      "The user has a live key named \"\(SafeText.line(name))\" already; choose another name."
    case .keyNotRotatable(let reason): "The key cannot be rotated: \(reason)."
    case .invalidUsername(let name):
      "\"\(SafeText.line(String(name.prefix(80))))\" cannot be a user's name: it takes \(Username.rule)."
    case .invalidKeyName(let name):
      "\"\(SafeText.line(String(name.prefix(80))))\" cannot be a key's name: it takes 1 to 128 bytes without control characters."
    case .invalidLifetime(let days):
      "A key cannot live \(days) days: ttl_days is a whole number from 1 to 3650, or null for no end."
    case .invalidAccessEntry(let error): error.description
    case .invalidValue(let field, let reason): "\(field) cannot be that: \(reason)."
    case .conflict(let field):
      "\(field) was changed by somebody else meanwhile; look at it again and repeat the change if it is still wanted."
    case .locked(let owner):
      "The store is locked by \(owner), and stayed so for 5 seconds; try again, or see what that program does."
    case .foreignOwner(let path, let command):
      "\(path) belongs to another user, and a new file could not be given to them; run: \(command)"
    case .readOnly(let path, let reason):
      "\(path) cannot be written, so nothing was changed: \(reason)."
    case .diskFull(let path):
      "\(path) was not changed: the disk is full, or a quota is. Make room and repeat the change."
    case .mountedFile(let path):
      "\(path) is mounted as a single file, so that it cannot be replaced safely; mount its directory instead (./data:/data)."
    case .writeFailed(let path, let reason):
      "\(path) was not changed: \(reason)."
    case .unconfirmed(let path, let reason):
      "\(path) was changed, but the disk did not confirm it (\(reason)): the change holds now and may be lost if the machine stops. Look after the disk, then look at the change again."
    case .keyRevoked(let id):
      "The key \(id) is revoked, which is for good; make a new one with `gateway keys create`."
    case .auditUnwritable(let path, let reason):
      "\(path) cannot be written (\(reason)), and audit.required says that nothing is changed that cannot be logged; make it writable and repeat the change."
    case .generationNotFound(let name):
      "There is no kept generation \(SafeText.line(name)); `gateway store generations` shows them all."
    }
  }

  /// One word for programs, as REST answers have it.
  public var code: String {
    switch self {
    case .unsupported: "store_unsupported"
    case .missing: "store_missing"
    case .unreadable: "store_unreadable"
    case .inaccessible: "store_inaccessible"
    case .userExists: "user_exists"
    case .userNotFound: "user_not_found"
    case .keyNotFound: "key_not_found"
    case .keyAmbiguous: "key_ambiguous"
    case .keyNameTaken: "key_name_taken"
    case .keyNotRotatable: "key_not_rotatable"
    case .invalidUsername: "invalid_username"
    case .invalidKeyName: "invalid_key_name"
    case .invalidLifetime: "invalid_ttl"
    case .invalidAccessEntry: "invalid_access_entry"
    case .invalidValue: "invalid_value"
    case .conflict: "conflict"
    case .locked: "store_locked"
    case .foreignOwner: "store_foreign_owner"
    case .readOnly: "store_readonly"
    case .diskFull: "disk_full"
    case .mountedFile: "store_mounted_file"
    case .writeFailed: "store_write_failed"
    case .unconfirmed: "store_unconfirmed"
    case .keyRevoked: "key_revoked"
    case .auditUnwritable: "audit_unwritable"
    case .generationNotFound: "generation_not_found"
    }
  }

  /// What a command exits with: 1 failed, 2 a value that cannot be, 3 not found, 4 conflict.
  public var exitCode: Int32 {
    switch self {
    case .missing, .userNotFound, .keyNotFound, .generationNotFound: 3
    case .userExists, .keyAmbiguous, .keyNameTaken, .keyNotRotatable, .keyRevoked, .conflict: 4
    case .invalidUsername, .invalidKeyName, .invalidLifetime, .invalidAccessEntry, .invalidValue,
      .unsupported:
      2
    default: 1
    }
  }

  /// The status of a REST answer.
  public var httpStatus: Int {
    switch self {
    case .userNotFound, .keyNotFound, .generationNotFound: 404
    case .userExists, .keyAmbiguous, .keyNameTaken, .keyNotRotatable, .keyRevoked, .conflict: 409
    case .invalidUsername, .invalidKeyName, .invalidLifetime, .invalidAccessEntry, .invalidValue:
      422
    case .locked, .unreadable, .missing, .inaccessible, .auditUnwritable: 503
    case .diskFull: 507
    default: 500
    }
  }
}
