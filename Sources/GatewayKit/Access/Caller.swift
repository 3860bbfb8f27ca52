/// What authentication yields: who calls, by which key, and what they may do.
///
/// One object for each key of a snapshot, made with it: a request only takes a reference.
package final class Caller: Sendable {
  package let principal: Principal
  package let username: String?
  package let userID: String?
  package let keyID: String?
  package let rules: AccessRules

  package init(
    principal: Principal, username: String?, userID: String?, keyID: String?, rules: AccessRules
  ) {
    self.principal = principal
    self.username = username
    self.userID = userID
    self.keyID = keyID
    self.rules = rules
  }
}
