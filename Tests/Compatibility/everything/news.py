"""What happened in the server: a marker was reached, a resource touched, a tool added or removed.

A server that runs as several processes, one for each session, follows one file: what is told to one of them happens
in all, as where they stand before one database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable

import anyio

Act = Callable[[str, str], Awaitable[None]]


class News:
    def __init__(self, path: str | None) -> None:
        self.path = path
        self.act: Act
        self.marks: dict[str, anyio.Event] = {}

    def mark(self, marker: str) -> None:
        """Reached; also from where nothing may be awaited."""
        if self.path is None:
            self.event(marker).set()
        else:
            self.append("mark", marker)

    def event(self, marker: str) -> anyio.Event:
        return self.marks.setdefault(marker, anyio.Event())

    def has(self, marker: str) -> bool:
        """Whether it was reached, in whichever process; at once, without waiting to hear of it."""
        if self.path is None or not os.path.exists(self.path):
            return self.event(marker).is_set()
        with open(self.path, encoding="utf-8") as file:
            return any(json.loads(line) == ["mark", marker] for line in file)

    async def tell(self, what: str, name: str) -> None:
        if self.path is None:
            await self.act(what, name)
        else:
            self.append(what, name)

    def append(self, *news: str) -> None:
        assert self.path is not None
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, json.dumps(news).encode() + b"\n")
        finally:
            os.close(file)

    async def follow(self) -> None:
        """Lets happen here what any process tells, from the beginning on."""
        if self.path is None:
            return
        with open(self.path, "a+", encoding="utf-8") as file:
            file.seek(0)
            while True:
                for line in file:
                    what, name = json.loads(line)
                    if what == "mark":
                        self.event(name).set()
                    else:
                        await self.act(what, name)
                await anyio.sleep(0.05)
