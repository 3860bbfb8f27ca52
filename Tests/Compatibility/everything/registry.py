"""Named things with a definition and a function: tools and prompts."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp import MCPError

PAGE = 7
"""So few items a page that every list has several."""


@dataclass
class Entry:
    definition: Any
    run: Callable[..., Awaitable[Any]]


class Registry:
    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: dict[str, Entry] = {}

    def add(self, definition: Any, run: Callable[..., Awaitable[Any]]) -> None:
        self.entries[definition.name] = Entry(definition, run)

    def __getitem__(self, name: str) -> Entry:
        if name not in self.entries:
            raise MCPError(types.INVALID_PARAMS, f"Unknown {self.kind}: {name}")
        return self.entries[name]

    def definitions(self) -> list[Any]:
        return [entry.definition for entry in self.entries.values()]


def page(items: list[Any], cursor: str | None) -> tuple[list[Any], str | None]:
    """One page, and the cursor of the next. A cursor that was not given out is refused."""
    if cursor is not None and not re.fullmatch(r"from-\d+", cursor):
        raise MCPError(types.INVALID_PARAMS, f"Unknown cursor: {cursor}")
    start = int(cursor.removeprefix("from-")) if cursor else 0
    end = start + PAGE
    return items[start:end], f"from-{end}" if end < len(items) else None
