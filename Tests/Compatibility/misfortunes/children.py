"""A stdio backend that does wrong, before a client of each era."""

from __future__ import annotations

import asyncio
from typing import Any

from misfortunes import misfortune
from misfortunes.backends import error
from misfortunes.ground import ERAS
from scenarios.conversation import Refused

HUGE = 50 << 20


def at_each_era(name: str, tool: str, arguments: dict[str, Any], expected: Any) -> None:
    for era in ERAS:
        for backend in ERAS:

            async def check(ground: Any, era: str = era, backend: str = backend) -> None:
                async with ground.talk(era, f"child-{backend}") as talk:
                    try:
                        outcome = (await talk.call(tool, arguments))["content"][0]["text"]
                    except Refused as refused:
                        outcome = f"error {refused.code}"
                    assert expected(outcome), f"the client was told: {outcome[:200]}"
                    await serves_again(talk)

            misfortune(f"{name} ({era} client, {backend} child)")(check)


async def serves_again(talk: Any) -> None:
    for _ in range(40):
        try:
            await talk.call("seen")
            return
        except Refused:
            await asyncio.sleep(0.5)
    raise AssertionError("the child does not serve again")


at_each_era("a child dies in a call", "die", {}, error)
at_each_era("a child freezes", "freeze", {}, error)
at_each_era("a child never answers a call", "hang", {}, error)
at_each_era("a child sends an answer of 50 MB in one line", "huge", {"bytes": HUGE}, error)
at_each_era("a child sends 50 MB of nothing in one line", "nameless", {"bytes": HUGE}, error)
at_each_era("a child sends a log message of 50 MB in one line", "shout", {"bytes": HUGE}, lambda _: True)
at_each_era("a child writes noise between its messages", "noise", {}, lambda outcome: outcome == "still here")
