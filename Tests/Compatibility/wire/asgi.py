"""An ASGI layer that records what an HTTP server received and sent."""

from __future__ import annotations

import itertools
import json
from typing import Any

from wire.events import EventParser

numbers = itertools.count(1)


class RecordingApp:
    def __init__(self, app: Any, recording: Any) -> None:
        self.app, self.recording = app, recording

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self.recording.file is None:
            await self.app(scope, receive, send)
            return
        number = next(numbers)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        fields = dict(headers)
        session = fields.get("mcp-session-id") or scope["query_string"].decode() or f"request {number}"
        about = {"http": number, "method": scope["method"], "headers": headers}
        body = bytearray()
        told = False
        answer = Answer(self.recording, session, number)

        async def hear() -> Any:
            nonlocal told
            event = await receive()
            if event["type"] == "http.request":
                body.extend(event.get("body", b""))
                if not event.get("more_body") and not told:
                    told = True
                    self.recording.add("in", session, **about, message=json.loads(body) if body else None)
            return event

        async def say(event: Any) -> None:
            answer.see(event)
            await send(event)

        if scope["method"] != "POST":
            told = True
            self.recording.add("in", session, **about, message=None)
        await self.app(scope, hear, say)


class Answer:
    """One response, taken apart into its messages."""

    def __init__(self, recording: Any, session: str, number: int) -> None:
        self.recording, self.session, self.number = recording, session, number
        self.parser: EventParser | None = None
        self.body = bytearray()

    def see(self, event: Any) -> None:
        if event["type"] == "http.response.start":
            fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in event["headers"]}
            self.session = fields.get("mcp-session-id", self.session)
            if fields.get("content-type", "").startswith("text/event-stream"):
                self.parser = EventParser()
            self.recording.add("out", self.session, http=self.number, status=event["status"], headers=list(fields.items()))
            return
        if self.parser is not None:
            for each in self.parser.feed(event.get("body", b"")):
                if each.fields.get("event") == "endpoint":
                    # HTTP+SSE: what is posted there belongs to this stream.
                    self.session = each.data.partition("?")[2]
                if each.message is not None:
                    self.recording.add("out", self.session, http=self.number, message=each.message)
            return
        self.body.extend(event.get("body", b""))
        if not event.get("more_body") and self.body:
            try:
                self.recording.add("out", self.session, http=self.number, message=json.loads(self.body))
            except ValueError:
                pass
