"""The tools of a bad backend over HTTP: each answers its call wrongly."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from scenarios import stub
from scenarios.stub import Reply, Seen

HUGE = 50 << 20
FLOOD = 5_000
NOTE = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "flood"}}


async def breaks_before_the_answer(seen: Seen, reply: Reply) -> None:
    reply.abort()


async def breaks_in_the_stream(seen: Seen, reply: Reply) -> None:
    await reply.events()
    await reply.message(progress(seen))
    reply.abort()


async def ends_without_the_answer(seen: Seen, reply: Reply) -> None:
    await reply.events()
    await reply.message(progress(seen))
    await reply.end()


async def never_answers(seen: Seen, reply: Reply) -> None:
    await asyncio.sleep(3600)


async def answers_with_garbage(seen: Seen, reply: Reply) -> None:
    await reply.text('{"jsonrpc": "2.0", "id": 1, "resu')


async def streams_garbage(seen: Seen, reply: Reply) -> None:
    await reply.events()
    await reply.event("data: {broken")
    await reply.event("data: [1, 2]")
    await reply.end()


async def answers_with_a_page(seen: Seen, reply: Reply) -> None:
    await reply.text("<h1>Internal Server Error</h1>", 500, "text/html")


async def answers_something_else(seen: Seen, reply: Reply) -> None:
    await reply.json({"jsonrpc": "2.0", "id": "nobody asked", "result": stub.text("?")})


async def sends_no_http(seen: Seen, reply: Reply) -> None:
    await reply.raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def streams_a_huge_event(seen: Seen, reply: Reply) -> None:
    await reply.events()
    answer = json.dumps(stub.result(seen, stub.text("y" * HUGE, resultType="complete")))
    await reply.event(f"data: {answer}")
    await reply.end()


async def floods(seen: Seen, reply: Reply) -> None:
    await reply.events()
    for _ in range(FLOOD):
        await reply.message(NOTE)
    await reply.message(stub.result(seen, stub.text("at last", resultType="complete")))
    await reply.end()


async def asks_what_it_may_not(seen: Seen, reply: Reply) -> None:
    """In the modern era a server sends no requests; and nobody has this method."""
    await reply.events()
    await reply.message({"jsonrpc": "2.0", "id": "q", "method": "example.org/what", "params": {}})
    await reply.message(stub.result(seen, stub.text("nevertheless", resultType="complete")))
    await reply.end()


async def works(seen: Seen, reply: Reply) -> None:
    await reply.json(stub.result(seen, stub.text("fine", resultType="complete")))


def progress(seen: Seen) -> dict[str, Any]:
    token = seen.meta.get("progressToken", 0)
    return {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": 1}}


MISDEEDS = {
    function.__name__: function
    for function in [
        breaks_before_the_answer,
        breaks_in_the_stream,
        ends_without_the_answer,
        never_answers,
        answers_with_garbage,
        streams_garbage,
        answers_with_a_page,
        answers_something_else,
        sends_no_http,
        streams_a_huge_event,
        floods,
        asks_what_it_may_not,
        works,
    ]
}
TOOLS = [stub.tool(name) for name in MISDEEDS]


async def misdeed(seen: Seen, reply: Reply) -> None:
    await MISDEEDS[seen.params["name"]](seen, reply)
