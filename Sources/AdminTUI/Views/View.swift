/// What the model looks like. Total: every model at every size gives a screen.
func view(_ model: Model) -> Screen {
  let symbols = model.isASCII ? Symbols.ascii : .unicode
  var screen = Screen(model.size, symbols: model.isPlain ? symbols.withoutLines : symbols)
  let layout = Layout(model.size)
  guard !layout.isTooSmall else {
    TooSmallView.draw(model, on: &screen)
    return screen
  }
  Tabs(model).draw(model, on: &screen)
  if let trouble = model.trouble, model.isTroubled {
    TroubleView.draw(trouble, model, layout, on: &screen)
  } else if model.isLoaded, model.roster.people.isEmpty,
    [.users, .keys, .access].contains(model.pane)
  {
    EmptyView.draw(model, layout, on: &screen)
  } else {
    switch model.pane {
    case .users: UsersView.draw(model, layout, on: &screen)
    case .keys: KeysView.draw(model, layout, on: &screen)
    case .access: AccessView.draw(model, layout, on: &screen)
    case .backends: BackendsView.draw(model, layout, on: &screen)
    case .usage: UsageView.draw(model, layout, on: &screen)
    case .audit: AuditView.draw(model, layout, on: &screen)
    }
  }
  if !model.dialogs.isEmpty { screen.clearTargets() }
  for dialog in model.dialogs { DialogView.draw(dialog, model, layout, on: &screen) }
  Footer.draw(model, on: &screen)
  return screen
}
