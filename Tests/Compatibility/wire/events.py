"""Event streams, taken apart as they come."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Event:
    data: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> Any:
        return json.loads(self.data) if self.data and self.fields.get("event", "message") == "message" else None


class EventParser:
    """Bytes in, whole events out (HTML Living Standard, 9.2.6). Comments are left out."""

    def __init__(self) -> None:
        self.rest = b""
        self.data: list[str] = []
        self.fields: dict[str, str] = {}

    def feed(self, chunk: bytes) -> list[Event]:
        events = []
        self.rest += chunk
        *lines, self.rest = self.rest.replace(b"\r\n", b"\n").split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8")
            if not line:
                if self.data or self.fields:
                    events.append(Event("\n".join(self.data), self.fields))
                self.data, self.fields = [], {}
                continue
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self.data.append(value)
            elif name:
                self.fields[name] = value
        return events
