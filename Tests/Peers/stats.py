"""What a peer has seen, and a small ASGI layer that counts it and tells it at `/stats`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class Stats:
    """Counts since the start of the server."""

    def __init__(self) -> None:
        self.methods: Counter[str] = Counter()
        self.http: Counter[str] = Counter()
        self.sessions_made = 0
        self.sessions_deleted = 0
        self.slow_started = 0
        self.slow_finished = 0
        self.slow_cancelled = 0
        self.interviews_started = 0
        self.interviews_cancelled = 0
        self.connections: set[tuple[str, int]] = set()
        self.watchers: dict[str, dict[int, Any]] = {}

    async def count(self, ctx: Any, call_next: Any) -> Any:
        """SDK middleware: one more message of this method; `initialize` makes a session."""
        self.methods[ctx.method] += 1
        if ctx.method == "initialize":
            self.sessions_made += 1
        return await call_next(ctx)

    def as_json(self) -> dict[str, Any]:
        return {
            "sessionsMade": self.sessions_made,
            "sessionsDeleted": self.sessions_deleted,
            "connectionsMade": len(self.connections),
            "methods": dict(self.methods),
            "http": dict(self.http),
            "slowStarted": self.slow_started,
            "slowFinished": self.slow_finished,
            "slowCancelled": self.slow_cancelled,
            "interviewsStarted": self.interviews_started,
            "interviewsCancelled": self.interviews_cancelled,
            "watched": sorted(uri for uri, sessions in self.watchers.items() if sessions),
        }


class StatsApp:
    """Counts HTTP requests and connections, guards with a token if asked, answers `GET /stats`."""

    def __init__(self, app: Any, stats: Stats, token: str | None = None) -> None:
        self.app = app
        self.stats = stats
        self.token = token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == "/stats":
            await answer(send, 200, self.stats.as_json())
            return
        self.stats.http[scope["method"]] += 1
        if scope.get("client"):
            self.stats.connections.add(tuple(scope["client"]))
        headers = {key.lower(): value for key, value in scope["headers"]}
        if self.token is not None and headers.get(b"authorization") != b"Bearer " + self.token.encode():
            await answer(send, 401, {"error": "unauthorized"}, [(b"www-authenticate", b"Bearer")])
            return
        if scope["method"] == "DELETE":
            self.stats.sessions_deleted += 1
        await self.app(scope, receive, send)


async def answer(send: Any, status: int, body: Any, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    """One JSON response."""
    data = json.dumps(body, separators=(",", ":")).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields + (headers or [])})
    await send({"type": "http.response.body", "body": data})
