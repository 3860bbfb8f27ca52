"""An HTTP transport for the SDK's client that records what it received and sent."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx2

from wire.events import EventParser
from wire.recording import Recording

numbers = itertools.count(1)


class RecordingTransport(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport, recording: Recording) -> None:
        self.inner, self.recording = inner, recording

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        number = next(numbers)
        body = await request.aread()
        self.recording.add(
            "out", "client", http=number, method=request.method, headers=request.headers.multi_items(),
            message=json.loads(body) if body else None,
        )
        response = await self.inner.handle_async_request(request)
        self.recording.add("in", "client", http=number, status=response.status_code, headers=response.headers.multi_items())
        response.stream = Tee(response, self.recording, number)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


class Tee(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, recording: Recording, number: int) -> None:
        self.inner, self.recording, self.number = response.stream, recording, number
        self.streaming = response.headers.get("content-type", "").startswith("text/event-stream")

    async def __aiter__(self) -> Any:
        parser = EventParser()
        body = bytearray()
        async for chunk in self.inner:
            if self.streaming:
                for event in parser.feed(chunk):
                    self.recording.add("in", "client", http=self.number, event=event.fields, message=event.message)
            else:
                body.extend(chunk)
            yield chunk
        if body:
            try:
                message = json.loads(body)
            except ValueError:
                message = None
            self.recording.add("in", "client", http=self.number, message=message, bytes=len(body))

    async def aclose(self) -> None:
        await self.inner.aclose()
