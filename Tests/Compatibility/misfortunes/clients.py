"""A client that goes away without a word, at each step of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from misfortunes import misfortune
from misfortunes.ground import ERAS


def at_each_era(name: str, eras: list[str] = ERAS) -> Any:
    """Adds the misfortune for a client of each of these eras at a good backend of each era."""

    def add(check: Any) -> Any:
        for era in eras:
            for backend in ERAS:

                async def one(ground: Any, era: str = era, backend: str = backend) -> None:
                    async with ground.talk(era, f"good-{backend}") as talk:
                        await check(ground, talk, f"{name}-{era}-{backend}")

                misfortune(f"a client goes away {name} ({era} client, {backend} backend)")(one)
        return check

    return add


def prepared(talk: Any, tool: str, arguments: dict[str, Any], **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A call's message and headers."""
    params = {"name": talk.prefix + tool, "arguments": arguments, **more}
    if talk.era == "modern":
        return talk.message("tools/call", params), talk.headers("tools/call", params)
    return {"jsonrpc": "2.0", "id": next(talk.ids), "method": "tools/call", "params": params}, talk.headers


@asynccontextmanager
async def begun(talk: Any, message: dict[str, Any], headers: dict[str, str]) -> AsyncIterator[Any]:
    """A call that is left when this block is: its connection is closed, whatever has come."""
    async with talk.wire.stream("POST", headers, message) as (_, events):
        yield events


async def recalled(talk: Any, marker: str) -> None:
    seen = (await talk.call("recall", {"marker": marker}))["content"][0]["text"]
    assert seen == "seen", f"the server did not come to: {marker}"


async def withdrawn(talk: Any, identifier: Any, marker: str) -> None:
    """In the modern era to go away is to cancel; in the legacy era only saying so is, and the call goes on until then."""
    if talk.era == "legacy":
        params = {"requestId": identifier}
        await talk.wire.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}, talk.headers)
    await recalled(talk, f"{marker} cancelled")


@at_each_era("before the answer")
async def before_the_answer(ground: Any, talk: Any, marker: str) -> None:
    message, headers = prepared(talk, "wait", {"marker": marker})

    async def call() -> None:
        # Without a progress token nothing comes before the answer.
        async with begun(talk, message, headers) as events:
            async for _ in events:
                pass

    task = asyncio.create_task(call())
    await recalled(talk, f"{marker} began")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await withdrawn(talk, message["id"], marker)


@at_each_era("in the middle of its stream")
async def in_the_stream(ground: Any, talk: Any, marker: str) -> None:
    message, headers = prepared(talk, "wait", {"marker": marker}, _meta={"progressToken": "p"})
    async with begun(talk, message, headers) as events:
        async for event in events:
            if event.message is not None:
                break
        await recalled(talk, f"{marker} began")
    await withdrawn(talk, message["id"], marker)


@at_each_era("when it is asked")
async def when_asked(ground: Any, talk: Any, marker: str) -> None:
    """A session that ends takes the question with it; what a modern client left behind is over after a while."""
    if talk.era == "modern":
        params = {"name": talk.prefix + "ask_colour", "arguments": {}}
        answer = await talk.once("tools/call", params)
        assert answer.last["result"]["resultType"] == "input_required", f"{answer.last}"
        return
    async with begun(talk, *prepared(talk, "ask_colour", {})) as events:
        async for event in events:
            if event.message is not None and event.message.get("method") == "elicitation/create":
                return
    raise AssertionError("it was not asked")


@at_each_era("at its retry", ["modern"])
async def at_the_retry(ground: Any, talk: Any, marker: str) -> None:
    params: dict[str, Any] = {"name": talk.prefix + "ask_then_wait", "arguments": {"marker": marker}}
    question = (await talk.once("tools/call", params)).last["result"]
    (key,) = question["inputRequests"]
    params["inputResponses"] = {key: {"action": "accept", "content": {"colour": "red"}}}
    params["requestState"] = question["requestState"]
    task = asyncio.create_task(talk.once("tools/call", params))
    await recalled(talk, f"{marker} began")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await recalled(talk, f"{marker} cancelled")


@at_each_era("from a subscription", ["modern"])
async def from_a_subscription(ground: Any, talk: Any, marker: str) -> None:
    message = talk.message("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    async with talk.wire.stream("POST", talk.headers("subscriptions/listen", {}), message) as (answer, events):
        assert answer.status == 200, f"HTTP {answer.status}"
        await anext(events)


@at_each_era("from its GET stream", ["legacy"])
async def from_its_stream(ground: Any, talk: Any, marker: str) -> None:
    async with talk.wire.stream("GET", talk.headers | {"Accept": "text/event-stream"}) as (answer, _):
        assert answer.status == 200, f"HTTP {answer.status}"
