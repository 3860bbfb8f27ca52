"""What the legacy era has alone: the handshake, sessions, streams that are taken up again, subscriptions."""

from __future__ import annotations

import asyncio
from typing import Any

from scenarios import scenario
from scenarios.contents import NAME
from scenarios.conversation import LEGACY, same


@scenario("server-initialize", "legacy")
async def initialize(talk: Any) -> None:
    result = await talk.open()
    same(result["protocolVersion"], LEGACY)
    assert {"name", "version"} <= set(result["serverInfo"]) and isinstance(result["capabilities"], dict), f"{result}"
    assert talk.session is not None and all(0x21 <= ord(each) <= 0x7E for each in talk.session), "session id"


@scenario("server-session-lifecycle", "legacy")
async def session_lifecycle(talk: Any) -> None:
    await talk.request("ping")
    ended = await talk.wire.send("DELETE", talk.headers)
    assert ended.status in (200, 202, 204), f"DELETE: HTTP {ended.status}"
    after = await talk.wire.post({"jsonrpc": "2.0", "id": 9, "method": "ping"}, talk.headers)
    same(after.status, 404, "a request of an ended session")


@scenario("ping", "legacy")
async def ping(talk: Any) -> None:
    same(await talk.request("ping"), {})


@scenario("logging-set-level", "legacy")
async def set_level(talk: Any) -> None:
    same(await talk.request("logging/setLevel", {"level": "warning"}), {})
    await talk.call("log")
    levels = [each["params"]["level"] for each in talk.notified if each["method"] == "notifications/message"]
    same(levels, ["warning", "error"])


@scenario("resources-subscribe", "legacy")
async def subscribe(talk: Any) -> None:
    uri = f"{NAME}://watched/one"
    async with talk.wire.stream("GET", talk.headers | {"Accept": "text/event-stream"}) as (answer, events):
        same(answer.status, 200, "the GET stream")
        same(await talk.request("resources/subscribe", {"uri": uri}), {})
        await talk.call("touch", {"uri": uri})
        async for event in events:
            if event.message and event.message["method"] == "notifications/resources/updated":
                same(event.message["params"]["uri"], uri)
                return
    raise AssertionError("the stream ended without the update")


@scenario("resources-unsubscribe", "legacy")
async def unsubscribe(talk: Any) -> None:
    first, second = f"{NAME}://watched/first", f"{NAME}://watched/second"
    async with talk.wire.stream("GET", talk.headers | {"Accept": "text/event-stream"}) as (_, events):
        for uri in [first, second]:
            await talk.request("resources/subscribe", {"uri": uri})
        same(await talk.request("resources/unsubscribe", {"uri": first}), {})
        for uri in [first, second]:
            await talk.call("touch", {"uri": uri})
        async for event in events:
            if event.message and event.message["method"] == "notifications/resources/updated":
                same(event.message["params"]["uri"], second, "the first that is told")
                return
    raise AssertionError("the stream ended without the update")


@scenario("server-sse-multiple-streams", "legacy")
async def several_streams(talk: Any) -> None:
    results = await asyncio.gather(*(talk.call("progress", {"steps": steps}) for steps in (1, 2, 3)))
    same([result["content"][0]["text"] for result in results], ["1 steps", "2 steps", "3 steps"])


@scenario("server-sse-polling", "legacy", alone="a server of the modern era does not end streams early")
async def taken_up_again(talk: Any) -> None:
    """The server ends the call's stream early: the answer comes to whoever comes back with the last event's id."""
    params = {"name": "interrupt", "arguments": {}, "_meta": {"progressToken": 1}}
    message = {"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": params}
    answer = await talk.wire.post(message, talk.headers)
    assert answer.streams, f"no stream: {answer.headers}"
    assert "id" in answer.events[0].fields and answer.events[0].message is None, f"no priming event: {answer.events[0]}"
    assert "retry" in answer.events[0].fields, "no retry"
    while not any(each.get("id") == 77 for each in answer.messages):
        last = [event.fields["id"] for event in answer.events if "id" in event.fields][-1]
        back = talk.headers | {"Accept": "text/event-stream", "Last-Event-ID": last}
        async with talk.wire.stream("GET", back) as (again, events):
            same(again.status, 200, "coming back")
            async for event in events:
                answer.events.append(event)
                if event.message and event.message.get("id") == 77:
                    break
    (result,) = [each for each in answer.messages if each.get("id") == 77]
    same(result["result"]["content"][0]["text"], "after all")


@scenario("dns-rebinding-protection", "legacy modern")
async def rebinding(talk: Any) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for wrong in [{"Host": "evil.example.com"}, {"Origin": "http://evil.example.com"}]:
        refused = await talk.wire.post(message, wrong)
        assert 400 <= refused.status < 500, f"{wrong}: HTTP {refused.status}"
    host = talk.wire.url.split("/")[2]
    if talk.era == "modern":
        accepted = await talk.once("server/discover", Host=host)
    else:
        accepted = await talk.wire.post(message, talk.headers | {"Host": host})
    same(accepted.status, 200, "its own Host")
