import Glibc

let text = """
  gateway-admin: the console is not in this version yet; the gateway command does what it will do: \
  gateway --help

  """
_ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
exit(1)
