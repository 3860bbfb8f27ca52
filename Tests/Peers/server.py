"""A backend for the tests: the official SDK's server, over HTTP, HTTPS, HTTP+SSE or stdio.

Over HTTP the first line on stdout is the endpoint's URL; it is printed once the socket listens.
`GET /stats` beside the endpoint answers what the server has seen, so that a test can assert it.
"""

from __future__ import annotations

import argparse
import json
import signal
from typing import Any

import anyio
import mcp_types as types
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

import eras
import interviews
from serving import serve
from stats import Stats, StatsApp


def build(name: str, stats: Stats) -> MCPServer:
    """The tools, prompt, resources and completions that every peer offers."""
    mcp = MCPServer(name, version="1.0.0", instructions=f"{name} is a peer for tests.", log_level="ERROR")
    mcp.middleware.append(stats.count)

    @mcp.tool()
    async def echo(text: str) -> str:
        """Gives back the text."""
        return text

    @mcp.tool()
    async def add(a: int, b: int) -> int:
        """Adds two integers."""
        return a + b

    @mcp.tool()
    async def slow(seconds: float) -> str:
        """Answers after so many seconds; counts the calls that were cancelled."""
        stats.slow_started += 1
        try:
            await anyio.sleep(seconds)
        except anyio.get_cancelled_exc_class():
            stats.slow_cancelled += 1
            raise
        stats.slow_finished += 1
        return f"slept {seconds} s"

    @mcp.tool()
    async def progress(steps: int, ctx: Context, delay: float = 0.01) -> str:
        """Reports each step as progress, then answers."""
        for step in range(1, steps + 1):
            await ctx.report_progress(step, steps, f"step {step}")
            await anyio.sleep(delay)
        return f"{steps} steps"

    @mcp.tool(structured_output=False)
    async def big(bytes: int) -> str:
        """Answers with a text of so many bytes."""
        return "x" * bytes

    @mcp.tool()
    async def fail(message: str = "as asked") -> str:
        """Fails, as a tool does."""
        raise ToolError(message)

    @mcp.tool(structured_output=False)
    async def whoami(ctx: Context) -> str:
        """What the server knows of this request, as JSON."""
        headers = {key.lower(): value for key, value in (ctx.headers or {}).items()}
        capabilities = ctx.client_capabilities
        parameters = ctx.session.client_params
        return json.dumps(
            {
                "server": name,
                "protocolVersion": ctx.protocol_version,
                "sessionId": headers.get("mcp-session-id"),
                "headers": headers,
                "clientInfo": parameters.client_info.model_dump(mode="json", exclude_none=True) if parameters else None,
                "clientCapabilities": capabilities.model_dump(mode="json", exclude_none=True) if capabilities else None,
                "meta": dict((ctx.request_context.params or {}).get("_meta") or {}),
                **stats.as_json(),
            }
        )

    @mcp.tool()
    async def log(message: str, ctx: Context, level: types.LoggingLevel = "info") -> str:
        """Sends a log message during the call."""
        await ctx.log(level, message, logger_name=name)
        return "logged"

    @mcp.prompt()
    async def greet(person: str) -> str:
        """Greets a person."""
        return f"Greet {person} in the name of {name}."

    @mcp.resource(f"{name}://about", mime_type="text/plain")
    async def about() -> str:
        """What this peer is."""
        return f"{name} is a peer for tests."

    @mcp.resource(f"{name}://items/{{item}}", mime_type="text/plain")
    async def item(item: str) -> str:
        """One item."""
        return f"{name} item {item}"

    values = {"person": ["alice", "albert", "bob"], "item": ["apple", "apricot", "banana"]}

    @mcp.completion()
    async def complete(
        ref: types.PromptReference | types.ResourceTemplateReference,
        argument: types.CompletionArgument,
        context: types.CompletionContext | None,
    ) -> types.Completion:
        found = [value for value in values.get(argument.name, []) if value.startswith(argument.value)]
        return types.Completion(values=found, total=len(found), has_more=False)

    interviews.add(mcp, stats)
    return mcp


async def serve_stdio(mcp: MCPServer, which: str) -> None:
    server = mcp._lowlevel_server
    async with stdio_server() as (incoming, outgoing), server.lifespan(server) as state:
        await eras.serve(server, which, incoming, outgoing, state)


def serve_http(mcp: MCPServer, stats: Stats, options: argparse.Namespace) -> None:
    # Tests reach it by several names; the check is the gateway's own business.
    any_host = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app: Any
    if options.transport == "sse":
        app = mcp.sse_app(sse_path=options.path, max_request_body_size=64 << 20, transport_security=any_host)
    else:
        app = mcp.streamable_http_app(
            streamable_http_path=options.path,
            json_response=options.json_response,
            stateless_http=options.stateless,
            max_request_body_size=64 << 20,
            max_sessions=100_000,
            transport_security=any_host,
        )
    if options.eras == "legacy":
        app = eras.LegacyOnly(app)
    elif options.eras == "modern":
        app = eras.ModernOnly(app)
    app = StatsApp(app, stats, token=options.require_token)

    tls = {"ssl_certfile": options.tls[0], "ssl_keyfile": options.tls[1]} if options.tls else {}
    origin = "https://localhost" if options.tls else "http://127.0.0.1"
    serve(
        app, options.path, options.port, origin, until_eof=options.until_eof, force=True, timeout_keep_alive=options.keep_alive, **tls
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="peer", help="server name, and the scheme of its resource URIs")
    parser.add_argument("--transport", choices=["http", "sse", "stdio"], default="http")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--path", default="/mcp", help="the endpoint's path")
    parser.add_argument("--eras", choices=["legacy", "modern", "both"], default="both")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"), help="serve https (PEM files)")
    parser.add_argument("--stateless", action="store_true", help="legacy era without session ids")
    parser.add_argument("--json-response", action="store_true", help="answer in JSON instead of an event stream")
    parser.add_argument("--require-token", help="refuse requests without this bearer token")
    parser.add_argument("--keep-alive", type=int, default=75, help="seconds an idle connection stays open")
    parser.add_argument("--until-eof", action="store_true", help="end when stdin is closed (HTTP; stdio always does)")
    options = parser.parse_args()

    stats = Stats()
    mcp = build(options.name, stats)
    if options.transport == "stdio":
        anyio.run(serve_stdio, mcp, options.eras)
    else:
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        serve_http(mcp, stats, options)


if __name__ == "__main__":
    main()
