"""A recording: one JSON line for each message, and for each HTTP head, that a program received or sent."""

from __future__ import annotations

import json
import os
from typing import Any

import mcp_types as types
from mcp.shared.message import SessionMessage


class Recording:
    """Kept in memory, or appended to a file. A line is written whole, so that many programs can share one."""

    def __init__(self, path: str | None = None) -> None:
        self.file = open(path, "a", buffering=1, encoding="utf-8") if path else None
        self.lines: list[dict[str, Any]] = []

    def add(self, direction: str, connection: Any, **facts: Any) -> None:
        line = {"direction": direction, "connection": str(connection), **facts}
        if self.file is None:
            self.lines.append(line)
        else:
            self.file.write(json.dumps(line) + "\n")

    def streams(self, incoming: Any, outgoing: Any) -> tuple[Any, Any]:
        """The two halves of a stdio connection, recorded."""
        if self.file is None:
            return incoming, outgoing
        return Reading(incoming, self), Writing(outgoing, self)


def plain(item: Any) -> Any:
    message: types.JSONRPCMessage = item.message
    return message.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Around:
    """A stream around another, which does all that the class itself does not."""

    inner: Any

    async def __aenter__(self) -> Around:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self.inner.__aexit__(*failure)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class Reading(Around):
    """A receive stream whose messages are recorded as they come. Each process is a connection of its own."""

    name = f"process {os.getpid()}"

    def __init__(self, inner: Any, recording: Recording) -> None:
        self.inner, self.recording = inner, recording

    def __aiter__(self) -> Reading:
        return self

    async def __anext__(self) -> Any:
        item = await self.inner.__anext__()
        if isinstance(item, SessionMessage):
            self.recording.add("in", self.name, message=plain(item))
        return item


class Writing(Around):
    """A send stream whose messages are recorded as they go."""

    name = f"process {os.getpid()}"

    def __init__(self, inner: Any, recording: Recording) -> None:
        self.inner, self.recording = inner, recording

    async def send(self, item: Any) -> None:
        self.recording.add("out", self.name, message=plain(item))
        await self.inner.send(item)
