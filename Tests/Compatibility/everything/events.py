"""Remembers the last events of each stream, so that a client can come back for those that it missed."""

from __future__ import annotations

from collections import deque
from typing import Any

from mcp.server.streamable_http import EventMessage, EventStore


class RecentEvents(EventStore):
    def __init__(self, most: int = 200) -> None:
        self.events: deque[tuple[str, str, Any]] = deque(maxlen=most)
        self.count = 0

    async def store_event(self, stream_id: str, message: Any) -> str:
        self.count += 1
        self.events.append((str(self.count), stream_id, message))
        return str(self.count)

    async def replay_events_after(self, last_event_id: str, send_callback: Any) -> str | None:
        stream = next((stream for number, stream, _ in self.events if number == last_event_id), None)
        for number, its, message in list(self.events):
            # A priming event has no message.
            if its == stream and int(number) > int(last_event_id) and message is not None:
                await send_callback(EventMessage(message, number))
        return stream
