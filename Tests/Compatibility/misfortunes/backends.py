"""A backend over HTTP that does wrong, before a client of each era."""

from __future__ import annotations

import asyncio
from typing import Any

from misfortunes import misdeeds, misfortune
from misfortunes.ground import ERAS
from scenarios import stub
from scenarios.conversation import Refused


async def told(talk: Any, tool: str) -> str:
    """How the call ended for its client: the error, or that its stream ended without an answer."""
    try:
        async with asyncio.timeout(30):
            result = await talk.call(tool, _meta={"progressToken": "p"})
    except Refused as refused:
        return f"error {refused.code}"
    except (AssertionError, ValueError) as ended:
        # The stream ended without one, or what came is no JSON: what a backend of the client's own era says passes as it is.
        return f"no answer: {ended}"
    except (ConnectionError, OSError) as broken:
        return f"broken: {broken}"
    except Exception as error:
        # The HTTP library's own: the stream broke off.
        assert "Remote" in type(error).__name__ or "Read" in type(error).__name__, f"{type(error).__name__}: {error}"
        return "broken"
    return f"answer {result['content'][0]['text'][:40]}"


def at_each_era(name: str, tool: str, expected: Any) -> None:
    """Adds the misfortune for a client of each era at a backend of each era."""
    for era in ERAS:
        for backend in ERAS:

            async def check(ground: Any, era: str = era, backend: str = backend) -> None:
                async with ground.talk(era, f"bad-{backend}") as talk:
                    outcome = await told(talk, tool)
                    assert expected(outcome), f"the client was told: {outcome}"

            misfortune(f"{name} ({era} client, {backend} backend)")(check)


def no_answer(outcome: str) -> bool:
    return not outcome.startswith("answer")


def error(outcome: str) -> bool:
    return outcome.startswith("error")


at_each_era("a backend breaks the connection before it answers", "breaks_before_the_answer", error)
at_each_era("a backend breaks in the middle of its stream", "breaks_in_the_stream", no_answer)
at_each_era("a backend ends its stream without the answer", "ends_without_the_answer", no_answer)
at_each_era("a backend never answers", "never_answers", lambda outcome: outcome == "error 1002")
at_each_era("a backend answers with garbage", "answers_with_garbage", no_answer)
at_each_era("a backend streams garbage", "streams_garbage", no_answer)
at_each_era("a backend answers with a page and 500", "answers_with_a_page", no_answer)
at_each_era("a backend answers something else", "answers_something_else", no_answer)
at_each_era("a backend speaks no HTTP", "sends_no_http", error)
at_each_era("a backend floods with notifications", "floods", lambda outcome: outcome == "answer at last")
at_each_era("a backend asks what it may not", "asks_what_it_may_not", lambda outcome: outcome == "answer nevertheless")


@misfortune("a backend streams an event of 50 MB, and the gateway does not grow by it")
async def huge(ground: Any) -> None:
    before = ground.memory()
    for era in ERAS:
        for backend in ERAS:
            async with ground.talk(era, f"bad-{backend}") as talk:
                outcome = await told(talk, "streams_a_huge_event")
                assert outcome == "answer " + "y" * 40 or no_answer(outcome), outcome
    grown = ground.memory() - before
    assert grown < 4 * misdeeds.HUGE, f"it grew by {grown >> 20} MiB"


@misfortune("a backend changes its era when it starts again")
async def changed(ground: Any) -> None:
    """Clients of both eras go on; a first call may tell of the change."""
    backend = ground.stubs["legacy"]
    before = backend.script
    async with ground.talk("legacy", "bad-legacy") as old, ground.talk("modern", "bad-legacy") as new:
        for talk in (old, new):
            await talk.call("works")
        backend.script = stub.modern(misdeeds.TOOLS, misdeeds.misdeed)
        try:
            for talk in (old, new):
                await works_again(talk)
        finally:
            backend.script = before
        for talk in (old, new):
            await works_again(talk)


async def works_again(talk: Any) -> None:
    outcomes = []
    for _ in range(20):
        outcomes.append(await told(talk, "works"))
        if outcomes[-1] == "answer fine":
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"it does not work again: {outcomes[-3:]}")
