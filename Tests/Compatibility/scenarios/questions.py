"""Sampling and elicitation in the middle of a call, in both eras."""

from __future__ import annotations

import json
from typing import Any

import truth
from scenarios import scenario
from scenarios.conversation import same


@scenario("tools-call-sampling")
async def sampling(talk: Any) -> None:
    answer = {"role": "assistant", "content": {"type": "text", "text": "fine"}, "model": "m", "stopReason": "endTurn"}
    talk.answers["sampling/createMessage"] = answer
    same((await talk.call("sample", {"text": "how?"}))["content"][0]["text"], "m: fine")
    (asked,) = talk.asked
    same(asked["params"]["messages"], [{"role": "user", "content": {"type": "text", "text": "how?"}}])


@scenario("tools-call-elicitation")
async def elicitation(talk: Any) -> None:
    talk.answers["elicitation/create"] = {"action": "accept", "content": {"colour": "red"}}
    same((await talk.call("ask_colour"))["content"][0]["text"], "accept red")
    (asked,) = talk.asked
    same((asked["params"]["message"], asked["params"]["requestedSchema"]["required"]), ("Which colour?", ["colour"]))


@scenario("elicitation-sep1034-defaults")
async def defaults(talk: Any) -> None:
    talk.answers["elicitation/create"] = {"action": "accept", "content": {"name": "Ada"}}
    same(json.loads((await talk.call("ask_defaults"))["content"][0]["text"]), {"action": "accept", "content": {"name": "Ada"}})
    fields = talk.asked[0]["params"]["requestedSchema"]["properties"]
    seen = {name: field["default"] for name, field in fields.items()}
    same(seen, {"name": "Ada", "age": 36, "score": 9.5, "member": True, "level": "low"})


@scenario("elicitation-sep1330-enums")
async def enums(talk: Any) -> None:
    content = {"plain": "one", "titled": "one", "named": "one", "several": ["one"], "several_titled": ["one", "two"]}
    talk.answers["elicitation/create"] = {"action": "accept", "content": content}
    same(json.loads((await talk.call("ask_choices"))["content"][0]["text"]), content)
    same(talk.asked[0]["params"]["requestedSchema"], truth.CHOICES)
