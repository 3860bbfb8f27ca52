"""The backends: one everything-server in each era and on each transport."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import Program

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class BackendKind:
    name: str
    era: str
    transport: str
    title: str

    @property
    def modern(self) -> bool:
        return self.era == "modern"

    @property
    def stdio(self) -> bool:
        return self.transport == "stdio"


KINDS = [
    BackendKind("legacy-http", "legacy", "http", "2025-11-25, Streamable HTTP answering with event streams"),
    BackendKind("legacy-json", "legacy", "json", "2025-11-25, Streamable HTTP answering with JSON"),
    BackendKind("legacy-stdio", "legacy", "stdio", "2025-11-25, stdio"),
    BackendKind("legacy-sse", "legacy", "sse", "2025-11-25, the HTTP+SSE transport of 2024-11-05"),
    BackendKind("modern-http", "modern", "http", "2026-07-28, Streamable HTTP"),
    BackendKind("modern-stdio", "modern", "stdio", "2026-07-28, stdio"),
]


class Backend:
    """A backend as the gateway's configuration names it; over HTTP, with its process."""

    def __init__(self, kind: BackendKind, directory: Path) -> None:
        self.kind = kind
        self.record = directory / f"{kind.name}.jsonl"
        self.record.touch()
        self.shared = directory / f"{kind.name}.news"
        self.program: Program | None = None
        self.url: str | None = None

    @property
    def command(self) -> list[str]:
        kind = self.kind
        words = ["--name", kind.name, "--era", kind.era, "--transport", kind.transport, "--record", str(self.record)]
        if kind.stdio:
            words += ["--shared", str(self.shared)]
        return [sys.executable, str(HERE / "everything"), *words]

    async def start(self) -> None:
        if not self.kind.stdio:
            self.program = await Program.start(self.command)
            self.url = await self.program.line()

    async def stop(self) -> None:
        if self.program is not None:
            await self.program.stop()

    @property
    def configuration(self) -> dict[str, Any]:
        if self.kind.stdio:
            command, *arguments = self.command
            # A server→client request of a shared legacy child names no call, so its client could not be told.
            sessions = {} if self.kind.modern else {"sessions": "isolated", "lists": "per-session", "processes": 64}
            return {"command": command, "args": arguments, **sessions}
        return {"url": self.url, **({"type": "sse"} if self.kind.transport == "sse" else {})}
