/// What the model wants done outside of it. The shell does it, and tells the model by a ``Message``.
enum Effect: Sendable {
  case change(StoreChange, number: Int)
  case copy(Secret)
  case copyText(String)
  case writeFile(Secret, name: String)
  case reload
  case readAudit
  case repaint
  case suspend
  case setMouse(Bool)
  case quit(Int32)
}
