"""Prompts and completions."""

from __future__ import annotations

from typing import Any

import mcp_types as types

import truth
from cells import error_of, same
from clients import plain
from features import feature

GROUP = "Prompts and completions"


@feature("prompts/list, all pages, unchanged", GROUP)
async def listed(cell: Any) -> None:
    found = {prompt.name: plain(prompt) for prompt in await cell.all("prompts")}
    for prompt in truth.prompts(cell.backend.name):
        name = cell.name(prompt["name"])
        assert name in found, f"{name} is not listed"
        same(found[name], prompt | {"name": name}, name)


@feature("prompts/get with arguments", GROUP)
async def arguments(cell: Any) -> None:
    result = await cell.client.get_prompt(cell.name("greet"), {"person": "Ada", "mood": "merry"})
    same((result.description, result.messages[0].content.text), ("The prompt greet.", "Greet Ada, merry."))


@feature("prompts/get with an embedded resource and an image", GROUP)
async def illustrated(cell: Any) -> None:
    result = await cell.client.get_prompt(cell.name("illustrated"))
    inside = {"uri": cell.uri("about"), "mimeType": "text/plain", "text": "inside"}
    expected = [
        {"role": "user", "content": {"type": "resource", "resource": inside}},
        {"role": "assistant", "content": truth.IMAGE},
    ]
    same([plain(message) for message in result.messages], expected)


@feature("prompts/get by a name in Unicode", GROUP)
async def unicode(cell: Any) -> None:
    result = await cell.client.get_prompt(cell.name("grüße"), {"person": "名前"})
    same(result.messages[0].content.text, "Grüße an 名前 🎈")


@feature("prompts/get of an unknown prompt", GROUP)
async def unknown(cell: Any) -> None:
    error = await error_of(cell.client.get_prompt(cell.name("nothing-of-this-name")))
    same(error.code, -32602)


@feature("completion of a prompt's argument", GROUP)
async def prompt_argument(cell: Any) -> None:
    reference = types.PromptReference(type="ref/prompt", name=cell.name("greet"))
    result = await cell.client.complete(reference, {"name": "person", "value": "al"})
    same((result.completion.values, result.completion.total), (["alice", "albert"], 2))


@feature("completion that depends on another argument", GROUP)
async def in_context(cell: Any) -> None:
    reference = types.PromptReference(type="ref/prompt", name=cell.name("greet"))
    result = await cell.client.complete(reference, {"name": "mood", "value": ""}, {"person": "alice"})
    same(result.completion.values, ["alice-like"])


@feature("completion of a template's variable", GROUP)
async def template_variable(cell: Any) -> None:
    reference = types.ResourceTemplateReference(type="ref/resource", uri=cell.uri("items/{item}"))
    result = await cell.client.complete(reference, {"name": "item", "value": "g"})
    same(result.completion.values, ["größe"])
