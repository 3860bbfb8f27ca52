"""An HTTP client without the SDK: sends what a test says, byte for byte, and tells all that came back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from wire.events import Event, EventParser

ACCEPT = "application/json, text/event-stream"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""
    events: list[Event] = field(default_factory=list)

    @property
    def streams(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")

    @property
    def messages(self) -> list[dict[str, Any]]:
        if self.streams:
            return [event.message for event in self.events if event.message is not None]
        return [json.loads(self.body)] if self.body else []

    @property
    def last(self) -> dict[str, Any]:
        assert self.messages, f"HTTP {self.status} without a message: {self.body[:200]!r}"
        return self.messages[-1]

    @property
    def error(self) -> dict[str, Any]:
        assert "error" in self.last, f"HTTP {self.status}, no error: {self.last}"
        return self.last["error"]


class WireClient:
    """`key` is None towards a server that wants none. Many can share one HTTP client, which then is not theirs to close."""

    def __init__(self, url: str, key: str | None, shared: httpx2.AsyncClient | None = None) -> None:
        self.url = url
        self.common = {"Authorization": f"Bearer {key}"} if key else {}
        self.own = None if shared else httpx2.AsyncClient(timeout=httpx2.Timeout(30), trust_env=False)
        self.http = shared or self.own

    async def aclose(self) -> None:
        if self.own is not None:
            await self.own.aclose()

    async def send(self, method: str, headers: dict[str, str] | None = None, message: Any = None) -> Answer:
        async with self.stream(method, headers, message) as (answer, events):
            async for event in events:
                answer.events.append(event)
            return answer

    async def post(self, message: Any, headers: dict[str, str] | None = None) -> Answer:
        return await self.send("POST", headers, message)

    async def status_of(self, message: Any, headers: dict[str, str]) -> int:
        """Posts over a connection of its own, with headers that an HTTP library would not send."""
        url = httpx2.URL(self.url)
        body = json.dumps(message).encode()
        common = {"Host": url.netloc.decode(), "Accept": ACCEPT, "Content-Type": "application/json", "Connection": "close"}
        fields = {**self.common, **common, **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        reader, writer = await asyncio.open_connection(url.host, url.port)
        try:
            writer.write(f"POST {url.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            await writer.drain()
            return int((await reader.readline()).split()[1])
        finally:
            writer.close()

    @asynccontextmanager
    async def stream(
        self, method: str, headers: dict[str, str] | None = None, message: Any = None
    ) -> AsyncIterator[tuple[Answer, AsyncIterator[Event]]]:
        """The answer's head, and its events as they come; a body that is no stream is read at the end of them."""
        content = message if isinstance(message, bytes | None) else json.dumps(message).encode()
        kind = {"Content-Type": "application/json"} if content is not None else {}
        fields = {"Accept": ACCEPT, **kind, **self.common, **(headers or {})}
        async with self.http.stream(method, self.url, headers=fields, content=content) as response:
            answer = Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()})

            async def events() -> AsyncIterator[Event]:
                if not answer.streams:
                    answer.body = await response.aread()
                    return
                parser = EventParser()
                async for chunk in response.aiter_raw():
                    for event in parser.feed(chunk):
                        yield event

            yield answer, events()
