/// Everything that a key, the palette or the mouse can ask for.
enum Action: String, CaseIterable, Sendable {
  case paneUsers = "pane.users"
  case paneKeys = "pane.keys"
  case paneAccess = "pane.access"
  case paneBackends = "pane.backends"
  case paneUsage = "pane.usage"
  case paneAudit = "pane.audit"
  case lastPane = "pane.last"
  case up, down, left, right, first, last
  case pageUp = "page.up"
  case pageDown = "page.down"
  case halfUp = "half.up"
  case halfDown = "half.down"
  case nextBox = "box.next"
  case previousBox = "box.previous"
  case open, back, filter, command, help, mark
  case markAll = "mark.all"
  case markRange = "mark.range"
  case sort
  case sortReverse = "sort.reverse"
  case copyCell = "copy.cell"
  case copyRow = "copy.row"
  case export, undo, redo, history, pause, reload, repaint, suspend, quit, interrupt
  case newUser = "user.new"
  case edit
  case newKey = "key.new"
  case toggleEnabled = "user.toggle"
  case deleteUser = "user.delete"
  case reach
  case revoke = "key.revoke"
  case extend = "key.extend"
  case rotate = "key.rotate"
  case quickFilter = "key.filter"
  case cycle = "access.cycle"
  case allow = "access.allow"
  case block = "access.block"
  case standard = "access.default"
  case wholeColumn = "access.column"
  case wholeRow = "access.row"
  case check = "backend.check"
  case checkAll = "backend.check.all"
  case errors = "backend.errors"
  case window = "usage.window"
  case group = "usage.group"
  case follow = "audit.follow"
  case clock = "audit.clock"

  /// What help calls it.
  var title: String {
    switch self {
    case .paneUsers, .paneKeys, .paneAccess, .paneBackends, .paneUsage, .paneAudit: "panes"
    case .lastPane: "last pane"
    case .up, .down: "move"
    case .left, .right: "column"
    case .first, .last: "first, last"
    case .pageUp, .pageDown: "page"
    case .halfUp, .halfDown: "half page"
    case .nextBox, .previousBox: "next box"
    case .open: "open"
    case .back: "back"
    case .filter: "filter"
    case .command: "command"
    case .help: "help"
    case .mark: "mark"
    case .markAll: "mark all"
    case .markRange: "mark range"
    case .sort: "sort"
    case .sortReverse: "reverse"
    case .copyCell: "copy cell"
    case .copyRow: "copy row"
    case .export: "export"
    case .undo: "undo"
    case .redo: "redo"
    case .history: "history"
    case .pause: "pause"
    case .reload: "reload"
    case .repaint: "repaint"
    case .suspend: "suspend"
    case .quit: "back, quit"
    case .interrupt: "twice: quit"
    case .newUser: "new user"
    case .edit: "edit"
    case .newKey: "new key"
    case .toggleEnabled: "enable / disable"
    case .deleteUser: "delete user"
    case .reach: "who can reach"
    case .revoke: "revoke key"
    case .extend: "extend"
    case .rotate: "rotate"
    case .quickFilter: "quick filter"
    case .cycle: "cycle"
    case .allow: "allow"
    case .block: "block"
    case .standard: "default"
    case .wholeColumn: "whole column"
    case .wholeRow: "whole row"
    case .check: "check now"
    case .checkAll: "check all"
    case .errors: "last errors"
    case .window: "window"
    case .group: "group by"
    case .follow: "follow"
    case .clock: "UTC / local"
    }
  }

  /// Whether it can take away what cannot be had again. Such a thing is on a capital letter.
  var isDestructive: Bool { [.deleteUser, .revoke].contains(self) }

  var pane: Pane? {
    switch self {
    case .paneUsers: .users
    case .paneKeys: .keys
    case .paneAccess: .access
    case .paneBackends: .backends
    case .paneUsage: .usage
    case .paneAudit: .audit
    default: nil
    }
  }
}

/// The six views of the top level.
enum Pane: Int, CaseIterable, Sendable {
  case users = 1
  case keys, access, backends, usage, audit

  var title: String {
    switch self {
    case .users: "Users"
    case .keys: "Keys"
    case .access: "Access"
    case .backends: "Backends"
    case .usage: "Usage"
    case .audit: "Audit"
    }
  }
}
