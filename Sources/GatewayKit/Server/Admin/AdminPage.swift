import HTTPTypes
import Hummingbird
import NIOCore

/// The page at the old dashboard's addresses: one file, no script, nothing secret.
struct AdminPage: Sendable {
  private let html: String
  private let policy: String

  private static let style = """
    body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em;\
    color:#222;background:#fff}code,pre{background:#eee;padding:.15em .4em;border-radius:3px}\
    pre{padding:.6em 1em;overflow-x:auto}@media(prefers-color-scheme:dark){body{color:#ddd;\
    background:#181818}code,pre{background:#333}}
    """

  init(isDemo: Bool) {
    let demo = isDemo ? "<p><strong>This is a demo: nothing here is real.</strong></p>\n" : ""
    html = """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>MCP Gateway</title><style>\(Self.style)</style></head>
      <body>
      <h1>MCP Gateway</h1>
      \(demo)<p>Users, keys and access are managed in the console. On the gateway's machine, over SSH:</p>
      <pre>gateway-admin</pre>
      <p>With Docker:</p>
      <pre>docker compose exec -it mcp-gateway gateway-admin</pre>
      <p>The same by commands: <code>gateway --help</code>. MCP clients connect to <code>/mcp</code> with
      their key.</p>
      </body>
      </html>

      """
    let hash = SHA256Digest(hashing: Self.style)
    let bytes = [hash.a, hash.b, hash.c, hash.d].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }
    policy =
      "default-src 'none'; style-src 'sha256-\(Base64.encode(bytes))'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'"
  }

  var response: Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
