import ArgumentParser

struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print a completion script for a shell.",
    discussion: """
      bash: gateway completion bash > ~/.local/share/bash-completion/completions/gateway
      zsh:  gateway completion zsh > ~/.zfunc/_gateway   (with ~/.zfunc in fpath)
      fish: gateway completion fish > ~/.config/fish/completions/gateway.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash
    case zsh
    case fish
  }

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() {
    let script: String
    switch shell {
    case .bash: script = Gateway.completionScript(for: .bash)
    case .zsh: script = Gateway.completionScript(for: .zsh)
    case .fish: script = Gateway.completionScript(for: .fish)
    }
    Output.print(script)
  }
}
