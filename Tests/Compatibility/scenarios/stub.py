"""A backend in this process that records each request, and answers by a script: what the gateway does as a client."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn

JSON, EVENTS = b"application/json", b"text/event-stream"


@dataclass
class Seen:
    """A request as it came; `at` in seconds, to compare."""

    method: str
    path: str
    headers: dict[str, str]
    message: Any
    at: float = field(default_factory=time.monotonic)

    @property
    def params(self) -> dict[str, Any]:
        return self.message.get("params") or {}

    @property
    def meta(self) -> dict[str, Any]:
        return self.params.get("_meta") or {}


class Reply:
    """One response: JSON at once, or events, one by one."""

    def __init__(self, send: Any) -> None:
        self.send = send

    async def json(self, body: Any, status: int = 200, **headers: str) -> None:
        await self.head(status, JSON, headers)
        await self.send({"type": "http.response.body", "body": json.dumps(body).encode() if body is not None else b""})

    async def head(self, status: int, kind: bytes, headers: dict[str, str]) -> None:
        fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *fields]})

    async def events(self, **headers: str) -> None:
        await self.head(200, EVENTS, headers)

    async def event(self, text: str) -> None:
        await self.send({"type": "http.response.body", "body": f"{text}\n\n".encode(), "more_body": True})

    async def end(self) -> None:
        await self.send({"type": "http.response.body", "body": b""})


Script = Callable[[Seen, Reply], Awaitable[None]]


class Stub:
    """`script` answers what `standard` does not."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[Seen] = []

    async def __aenter__(self) -> Stub:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.url = f"{self.origin}/mcp"
        config = uvicorn.Config(self.app, interface="asgi3", log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        # The signals are this program's own.
        self.task = asyncio.create_task(self.server._serve([listener]))
        return self

    async def __aexit__(self, *failure: Any) -> None:
        self.server.should_exit = self.server.force_exit = True
        await self.task

    def of(self, method: str) -> list[Seen]:
        """The requests with that JSON-RPC method."""
        return [seen for seen in self.seen if isinstance(seen.message, dict) and seen.message.get("method") == method]

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (event := await receive())["type"] == "http.request":
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        seen = Seen(scope["method"], scope["path"], headers, json.loads(body) if body else None)
        self.seen.append(seen)
        await self.script(seen, Reply(send))


def result(seen: Seen, value: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": seen.message["id"], "result": value}


def error(seen: Seen, code: int, message: str, data: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": seen.message["id"], "error": {"code": code, "message": message, "data": data}}


def tool(name: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "description": name, "inputSchema": schema or {"type": "object"}}


def text(value: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": value}], **more}


FRESH = {"ttlMs": 60_000, "cacheScope": "public", "resultType": "complete"}


def modern(tools: list[dict[str, Any]], call: Script, more: dict[str, Any] | None = None) -> Script:
    """A server of 2026-07-28 with these tools; `more` are other methods' results."""
    capabilities = {"tools": {}, "prompts": {}, "resources": {}}
    results = {
        "server/discover": {"supportedVersions": ["2026-07-28"], "capabilities": capabilities},
        "tools/list": {"tools": tools},
        "prompts/list": {"prompts": []},
        "resources/list": {"resources": []},
        "resources/templates/list": {"resourceTemplates": []},
        **(more or {}),
    }

    async def script(seen: Seen, reply: Reply) -> None:
        if seen.method != "POST":
            return await reply.json(None, 405)
        method = seen.message.get("method")
        if "id" not in seen.message:
            return await reply.json(None, 202)
        if method == "initialize" or seen.headers.get("mcp-protocol-version") != "2026-07-28":
            data = {"supported": ["2026-07-28"], "requested": seen.headers.get("mcp-protocol-version", "")}
            return await reply.json(error(seen, -32022, "Unsupported protocol version", data), 400)
        if method == "tools/call":
            return await call(seen, reply)
        if method in results:
            return await reply.json(result(seen, {**FRESH, **results[method]}))
        await reply.json(error(seen, -32601, "Method not found"), 404)

    return script


def legacy(tools: list[dict[str, Any]], call: Script, get: Script | None = None) -> Script:
    """A server of 2025-11-25 with a session and these tools."""

    async def script(seen: Seen, reply: Reply) -> None:
        if seen.method == "GET":
            return await (get(seen, reply) if get else reply.json(None, 405))
        if seen.method == "DELETE" or "id" not in seen.message or "method" not in seen.message:
            return await reply.json(None, 202)
        if seen.headers.get("mcp-protocol-version") == "2026-07-28":
            return await reply.json(error(seen, -32600, "Unsupported protocol version"), 400)
        match seen.message["method"]:
            case "initialize":
                info = {"name": "stub", "version": "1"}
                version = seen.params["protocolVersion"]
                value = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
                await reply.json(result(seen, value), mcp_session_id="the-session")
            case "tools/list":
                await reply.json(result(seen, {"tools": tools}))
            case "tools/call":
                await call(seen, reply)
            case _:
                await reply.json(error(seen, -32601, "Method not found"))

    return script
