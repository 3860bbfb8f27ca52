"""Makes the SDK's dual-era server refuse one era, in the words that servers of the other era use."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from mcp.server.runner import serve_dual_era_loop, serve_loop
from mcp.shared.message import SessionMessage
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from stats import answer

VERSION_HEADER = b"mcp-protocol-version"


def header(scope: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), None)


class LegacyOnly:
    """As the SDK's own servers answered before 2026-07-28: 400 to a version they do not know."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            version = header(scope, VERSION_HEADER)
            if version is not None and version not in HANDSHAKE_PROTOCOL_VERSIONS:
                supported = ", ".join(HANDSHAKE_PROTOCOL_VERSIONS)
                message = f"Bad Request: Unsupported protocol version: {version}. Supported versions: {supported}"
                error = {"code": types.INVALID_REQUEST, "message": message}
                await answer(send, 400, {"jsonrpc": "2.0", "id": "server-error", "error": error})
                return
        await self.app(scope, receive, send)


class ModernOnly:
    """No sessions: an `initialize` is told which versions there are, GET and DELETE are 405."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        version = header(scope, VERSION_HEADER) if scope["type"] == "http" else None
        if scope["type"] != "http" or (version is not None and version not in HANDSHAKE_PROTOCOL_VERSIONS):
            await self.app(scope, receive, send)
            return
        if scope["method"] != "POST":
            await answer(send, 405, {"error": "method_not_allowed"}, [(b"allow", b"POST")])
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        try:
            request = json.loads(body)
            identifier, params = request.get("id"), request.get("params") or {}
        except (ValueError, AttributeError):
            identifier, params = None, {}
        requested = version or params.get("protocolVersion") or ""
        await answer(send, 400, {"jsonrpc": "2.0", "id": identifier, "error": unsupported(requested)})


def unsupported(requested: str) -> dict[str, Any]:
    return {
        "code": types.UNSUPPORTED_PROTOCOL_VERSION,
        "message": "Unsupported protocol version",
        "data": {"supported": list(MODERN_PROTOCOL_VERSIONS), "requested": requested},
    }


@asynccontextmanager
async def without_initialize(incoming: Any, outgoing: Any) -> Any:
    """The incoming stream, with each `initialize` answered here by -32022 instead of passed on."""
    send, receive = anyio.create_memory_object_stream[Any](0)

    async def relay() -> None:
        async with send:
            async for item in incoming:
                message = getattr(item, "message", None)
                if isinstance(message, types.JSONRPCRequest) and message.method == "initialize":
                    error = unsupported((message.params or {}).get("protocolVersion") or "")
                    refusal = types.JSONRPCError(jsonrpc="2.0", id=message.id, error=types.ErrorData(**error))
                    await outgoing.send(SessionMessage(refusal))
                else:
                    await send.send(item)

    async with anyio.create_task_group() as group:
        group.start_soon(relay)
        yield receive
        group.cancel_scope.cancel()


async def serve(server: Any, era: str, incoming: Any, outgoing: Any, state: Any) -> None:
    """Serves the two halves of a stdio connection in one era, or in both."""
    if era == "legacy":
        await serve_loop(server, incoming, outgoing, lifespan_state=state)
    elif era == "modern":
        async with without_initialize(incoming, outgoing) as filtered:
            await serve_dual_era_loop(server, filtered, outgoing, lifespan_state=state)
    else:
        await serve_dual_era_loop(server, incoming, outgoing, lifespan_state=state)
