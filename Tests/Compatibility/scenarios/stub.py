"""A backend in this process that records each request, and answers by a script: what the gateway does as a client."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


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
    """One response, as bytes: JSON at once, or events one by one, or whatever is wrong on purpose."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def json(self, body: Any, status: int = 200, **headers: str) -> None:
        await self.text(json.dumps(body) if body is not None else "", status, **headers)

    async def text(self, body: str, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        data = body.encode()
        await self.head(status, {"content-type": kind, "content-length": str(len(data)), **headers})
        await self.raw(data)

    async def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def events(self, **headers: str) -> None:
        await self.head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", **headers})

    async def event(self, text: str) -> None:
        await self.chunk(f"{text}\n\n".encode())

    async def message(self, message: dict[str, Any]) -> None:
        await self.event(f"data: {json.dumps(message)}")

    async def chunk(self, data: bytes) -> None:
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    def abort(self) -> None:
        """The connection breaks."""
        self.writer.transport.abort()


Script = Callable[[Seen, Reply], Awaitable[None]]


class Stub:
    """An HTTP server on a free port whose every response is the script's."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self.connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Stub:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 24)
        self.origin = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        self.url = f"{self.origin}/mcp"
        return self

    async def __aexit__(self, *failure: Any) -> None:
        self.server.close()
        for connection in list(self.connections):
            connection.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)

    def of(self, method: str) -> list[Seen]:
        """The requests with that JSON-RPC method."""
        return [seen for seen in self.seen if isinstance(seen.message, dict) and seen.message.get("method") == method]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request. A client that goes away is no failure."""
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, *_ = head.decode("latin-1").split()
                lines = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if ": " in line]
                headers = {name.lower(): value for name, value in lines}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                seen = Seen(method, path, headers, json.loads(body) if body else None)
                self.seen.append(seen)
                await self.script(seen, Reply(writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.connections.discard(task)


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
