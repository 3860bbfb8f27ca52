"""The clients: the official SDK's, at each version of the protocol."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.extension import advertise
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage

from answers import Answers
from wire.http import RecordingTransport
from wire.recording import Around, Recording


@dataclass(frozen=True)
class ClientKind:
    name: str
    mode: str
    version: str

    @property
    def modern(self) -> bool:
        return self.mode != "legacy"

    def has(self, capability: str) -> bool:
        """Whether the version knows it. Elicitation came with 2025-06-18, that by URL with 2025-11-25."""
        since = {"elicitation": "2025-06-18", "elicitation by URL": "2025-11-25"}
        return self.version >= since.get(capability, "")


TASKS = "io.modelcontextprotocol/tasks"

KINDS = [
    *(ClientKind(version, "legacy", version) for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]),
    ClientKind("2026-07-28", "2026-07-28", "2026-07-28"),
    ClientKind("auto", "auto", "2026-07-28"),
]


class Dated(Around):
    """A send stream that makes the SDK's `initialize` what an SDK of an older version sends."""

    def __init__(self, inner: Any, kind: ClientKind) -> None:
        self.inner, self.kind = inner, kind

    async def send(self, item: SessionMessage) -> None:
        message = item.message
        if isinstance(message, types.JSONRPCRequest) and message.method == "initialize":
            assert message.params is not None
            capabilities = message.params["capabilities"]
            if not self.kind.has("elicitation"):
                capabilities.pop("elicitation", None)
            elif not self.kind.has("elicitation by URL"):
                capabilities["elicitation"] = {}
            message.params["protocolVersion"] = self.kind.version
        await self.inner.send(item)


@asynccontextmanager
async def dated(transport: Any, kind: ClientKind) -> Any:
    async with transport as (incoming, outgoing):
        yield incoming, outgoing if kind.modern else Dated(outgoing, kind)


class Peer:
    """One connected client, what it received, and how it answers what it is asked."""

    def __init__(self, kind: ClientKind) -> None:
        self.kind = kind
        self.recording = Recording()
        self.answers = Answers()
        self.notified: list[Any] = []
        self.news = anyio.Event()
        self.client: Client

    async def hear(self, message: Any) -> None:
        if not isinstance(message, Exception):
            self.notified.append(message)
            self.news.set()

    async def until_notified(self, wanted: Any) -> Any:
        """The first notification since the last time that `wanted` accepts."""
        while True:
            self.news = anyio.Event()
            while self.notified:
                message = self.notified.pop(0)
                if wanted(message):
                    return message
            await self.news.wait()

    def messages(self, since: int = 0) -> list[dict[str, Any]]:
        """The messages received since that line of the recording, as they stood on the wire."""
        lines = self.recording.lines[since:]
        return [line["message"] for line in lines if line["direction"] == "in" and line.get("message") is not None]


@asynccontextmanager
async def connect(url: str, key: str, kind: ClientKind, name: str) -> Any:
    """A client as it is used: connected, and recorded from its first message on."""
    peer = Peer(kind)
    inner = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_connections=None), trust_env=False)
    http = httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx2.Timeout(60, read=300),
        transport=RecordingTransport(inner, peer.recording),
    )
    async with http:
        transport = dated(streamable_http_client(url, http_client=http, max_sse_event_size=None), kind)
        client = Client(
            transport,
            mode=kind.mode,
            cache=None,
            client_info=types.Implementation(name=name, version="1.0.0"),
            message_handler=peer.hear,
            elicitation_callback=peer.answers.elicit,
            sampling_callback=peer.answers.sample,
            list_roots_callback=peer.answers.roots,
            extensions=[advertise("example.org/client-side", {"size": 3}), advertise(TASKS)] if kind.modern else None,
        )
        async with client:
            if client.protocol_version != kind.version:
                raise AssertionError(f"negotiated {client.protocol_version} instead of {kind.version}")
            peer.client = client
            if kind.mode == kind.version:
                # A client that knows the version beforehand connects without a word; what the server has is asked for.
                raw = await client.session.send_discover(kind.version)
                client.session.adopt(types.DiscoverResult.model_validate(raw))
            yield peer


def plain(value: Any) -> Any:
    """A result as it stood on the wire, as far as the SDK keeps it."""
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


def words(result: Any) -> str:
    """The text of a result with one text."""
    assert len(result.content) == 1, f"one content expected: {plain(result)}"
    return result.content[0].text


def told(result: Any) -> Any:
    """The JSON in the text of a result."""
    assert not result.is_error, words(result)
    return json.loads(words(result))
