"""The prompts, and what completes their arguments."""

from __future__ import annotations

from typing import Any

import mcp_types as types

import media
import questions
from registry import Registry


def said(content: Any, role: Any = "user") -> types.PromptMessage:
    return types.PromptMessage(role=role, content=content)


def words(text: str) -> types.PromptMessage:
    return said(types.TextContent(type="text", text=text))


def build(name: str) -> Registry:
    prompts = Registry("prompt")

    def prompt(title: str, *names: str) -> Any:
        fields = [types.PromptArgument(name=each, required=each != "mood") for each in names]
        definition = types.Prompt(name=title, description=f"The prompt {title}.", arguments=fields or None)
        return lambda function: prompts.add(definition, function)

    @prompt("plain")
    async def plain(get: Any) -> Any:
        return [words("A plain prompt.")]

    @prompt("greet", "person", "mood")
    async def greet(get: Any) -> Any:
        mood = get.arguments.get("mood", "friendly")
        return [words(f"Greet {get.arguments['person']}, {mood}.")]

    @prompt("illustrated")
    async def illustrated(get: Any) -> Any:
        inside = types.TextResourceContents(uri=f"{name}://about", mime_type="text/plain", text="inside")
        return [
            said(types.EmbeddedResource(type="resource", resource=inside)),
            said(types.ImageContent(type="image", data=media.PNG, mime_type="image/png"), "assistant"),
        ]

    @prompt("ask")
    async def ask(get: Any) -> Any:
        return [words(f"The colour: {await questions.colour(get.dialogue)}.")]

    @prompt("grüße", "person")
    async def greetings(get: Any) -> Any:
        return [words(f"Grüße an {get.arguments['person']} 🎈")]

    for number in range(8):
        prompt(f"filler_{number}")(None)
    return prompts


VALUES = {"person": ["alice", "albert", "bob"], "mood": ["merry"], "item": ["apple", "apricot", "banana", "größe"]}


def completion(params: types.CompleteRequestParams) -> types.Completion:
    """What begins so. The mood depends on the person that was chosen before."""
    chosen = (params.context.arguments or {}) if params.context else {}
    values = VALUES.get(params.argument.name, [])
    if params.argument.name == "mood" and chosen.get("person"):
        values = [f"{chosen['person']}-like"]
    found = [value for value in values if value.startswith(params.argument.value)]
    return types.Completion(values=found, total=len(found), has_more=False)
