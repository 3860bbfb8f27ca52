"""Runs the checks: one connection for each client, backend and endpoint, all of them side by side."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable
from typing import Any

import anyio
from mcp import MCPError

from backends import Backend, BackendKind
from cells import Cell
from clients import ClientKind, Peer, connect
from features import Feature
from gateway import KEY
from results import UPSTREAM, WIRE, Result, Results
from wire import http_rules
from wire.validation import Validator

UrlOf = Callable[[BackendKind, str], str]


def reason_of(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        # Where the check waited: its own last line, which the cancellation passed through.
        cancelled = error.__context__
        frames = traceback.extract_tb(cancelled.__traceback__ if cancelled else None)
        own = [frame.line for frame in frames if "/features/" in frame.filename]
        return f"time is over{f' at: {own[-1]}' if own else ''}"
    if isinstance(error, MCPError):
        return f"error {error.code}: {error.message}"[:300]
    # What differs from one time to the next hides that the reason is the same.
    return re.sub(r"'(requestId|since)': '[^']*'", r"'\1': …", f"{type(error).__name__}: {error}")[:400]


def told(faults: list[str]) -> str:
    """The first of them: one is enough to go and look."""
    return " | ".join(sorted(set(faults))[:3])[:900]


class Run:
    """`url_of` gives the URL of a backend's endpoint; `limit` is in seconds, for each check."""

    def __init__(self, url_of: UrlOf, features: list[Feature], limit: float, width: int) -> None:
        self.url_of, self.features, self.limit = url_of, features, limit
        self.results = Results()
        self.gate = anyio.Semaphore(width)

    async def group(self, client: ClientKind, backend: BackendKind, endpoint: str) -> None:
        """All checks of one client at one backend by one endpoint, connecting anew after one that failed."""
        wanted = [each for each in self.features if ("modern" if client.modern else "legacy") in each.eras]
        url = self.url_of(backend, endpoint)
        faults: list[str] = []
        async with self.gate:
            while wanted:
                peer: Peer | None = None
                try:
                    async with connect(url, KEY, client, f"matrix-{client.name}") as peer:
                        cell = Cell(backend, endpoint, peer)
                        while wanted:
                            if not await self.check(wanted.pop(0), cell):
                                break
                except Exception as error:
                    if peer is None:
                        for each in wanted:
                            self.add(each.name, client, backend, endpoint, "fails", f"not connected: {reason_of(error)}")
                        return
                faults += Validator(True, client.version).follow(peer.recording.lines)
                faults += http_rules.answers(peer.recording.lines, client.version)
        status = "fails" if faults else "works"
        self.add(WIRE, client, backend, endpoint, status, told(faults))

    async def check(self, feature: Feature, cell: Cell) -> bool:
        """One check; whether the connection is still good for the next."""
        cell.peer.answers.reset()
        status, reason = "works", ""
        try:
            with anyio.fail_after(self.limit):
                outcome = await feature.check(cell)
            if outcome is not None:
                status, reason = outcome.status, outcome.reason
        except Exception as error:
            status, reason = "fails", reason_of(error)
        self.add(feature.name, cell.peer.kind, cell.backend, cell.endpoint, status, reason)
        return status != "fails"

    def add(self, name: str, client: ClientKind, backend: BackendKind, endpoint: str, status: str, reason: str) -> None:
        self.results.add(Result(name, client.name, backend.name, endpoint, status, reason))

    def upstream(self, backend: Backend) -> None:
        """What the gateway sent to a backend, all clients together; once the backend has ended."""
        lines = [json.loads(line) for line in backend.record.read_text(encoding="utf-8").splitlines()]
        version = "2026-07-28" if backend.kind.modern else "2025-11-25"
        faults = Validator(False, version).follow(lines)
        if backend.kind.transport in ("http", "json"):
            faults += http_rules.requests(lines)
        status = "works" if lines and not faults else "fails"
        reason = told(faults) if lines else "nothing was recorded"
        self.results.add(Result(UPSTREAM, "every client", backend.kind.name, "the backend's side", status, reason))

    async def all(self, groups: list[tuple[Any, Any, str]]) -> Results:
        async with anyio.create_task_group() as tasks:
            for group in groups:
                tasks.start_soon(self.group, *group)
        return self.results
