"""What the server may ask a client, as tools, prompts and resources ask it."""

from __future__ import annotations

from typing import Any

import mcp_types as types

from dialogue import Dialogue

COLOUR = {"type": "object", "properties": {"colour": {"type": "string", "title": "Colour"}}, "required": ["colour"]}

DEFAULTS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "default": "Ada"},
        "age": {"type": "integer", "default": 36},
        "score": {"type": "number", "default": 9.5},
        "member": {"type": "boolean", "default": True},
        "level": {"type": "string", "enum": ["low", "high"], "default": "low"},
    },
}

CHOICES = {
    "type": "object",
    "properties": {
        "plain": {"type": "string", "enum": ["one", "two"]},
        "titled": {"type": "string", "oneOf": [{"const": "one", "title": "First"}, {"const": "two", "title": "Second"}]},
        "named": {"type": "string", "enum": ["one", "two"], "enumNames": ["First", "Second"]},
        "several": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": ["one", "two"]}},
        "several_titled": {
            "type": "array",
            "items": {"anyOf": [{"const": "one", "title": "First"}, {"const": "two", "title": "Second"}]},
        },
    },
}

ROOTS = types.ListRootsRequest()


def form(message: str, schema: dict[str, Any] = COLOUR) -> types.ElicitRequest:
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def page(url: str, identifier: str, modern: bool) -> types.ElicitRequest:
    """A page to visit. Its id went away with 2026-07-28."""
    return types.ElicitRequest(
        params=types.ElicitRequestURLParams(message="Please sign in", url=url, elicitation_id=None if modern else identifier)
    )


def sample(text: str) -> types.CreateMessageRequest:
    content = types.TextContent(type="text", text=text)
    messages = [types.SamplingMessage(role="user", content=content)]
    return types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=messages, max_tokens=100))


async def colour(dialogue: Dialogue, message: str = "Which colour?", key: str = "colour") -> str:
    """What the client chose: the action, and the colour if there is one."""
    dialogue.require("elicitation")
    answer = await dialogue.ask(key, form(message), types.ElicitResult)
    return f"{answer.action} {answer.content['colour']}" if answer.content else answer.action
