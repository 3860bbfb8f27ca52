"""Tools: the list, each content, errors, headers."""

from __future__ import annotations

import json
from typing import Any

import truth
from cells import error_of, same
from clients import plain, words
from features import feature

GROUP = "Tools"


@feature("list, all pages, unchanged", GROUP)
async def listed(cell: Any) -> None:
    found = {tool.name: plain(tool) for tool in await cell.all("tools")}
    for tool in truth.tools(cell.backend.name, cell.backend.modern):
        name = cell.name(tool["name"])
        assert name in found, f"{name} is not listed"
        same(found[name], tool | {"name": name}, name)


@feature("call: text", GROUP)
async def text(cell: Any) -> None:
    same(await cell.text("echo", {"text": "hello"}), "hello")


@feature("call: image", GROUP)
async def image(cell: Any) -> None:
    same(plain(await cell.call("image"))["content"], [truth.IMAGE])


@feature("call: audio", GROUP)
async def audio(cell: Any) -> None:
    same(plain(await cell.call("audio"))["content"], [truth.AUDIO])


@feature("call: embedded resource", GROUP)
async def embedded(cell: Any) -> None:
    inside = {"uri": cell.uri("about"), "mimeType": "text/plain", "text": "inside"}
    same(plain(await cell.call("embedded"))["content"], [{"type": "resource", "resource": inside}])


@feature("call: resource link", GROUP)
async def link(cell: Any) -> None:
    expected = {"type": "resource_link", "name": "about", "uri": cell.uri("about"), "mimeType": "text/plain"}
    same(plain(await cell.call("link"))["content"], [expected])


@feature("call: several contents", GROUP)
async def mixed(cell: Any) -> None:
    kinds = [content.type for content in (await cell.call("mixed")).content]
    same(kinds, ["text", "image", "text"])


@feature("call: structured output", GROUP)
async def structured(cell: Any) -> None:
    result = await cell.call("structured", {"city": "Zürich"})
    same(result.structured_content, {"city": "Zürich", "degrees": 21.5})


@feature("call: the tool fails", GROUP)
async def fails(cell: Any) -> None:
    result = await cell.call("fail", {"text": "as asked"})
    same((result.is_error, words(result)), (True, "as asked"))


@feature("call: an error with code and data", GROUP)
async def refuses(cell: Any) -> None:
    error = await error_of(cell.call("refuse"))
    same((error.code, error.message, error.data), (-31999, "refused as asked", {"reason": ["because", 1]}))


@feature("call: an unknown tool", GROUP)
async def unknown(cell: Any) -> None:
    error = await error_of(cell.call("nothing-of-this-name"))
    same((error.code, error.message), (-32602, f"Unknown tool: {cell.name('nothing-of-this-name')}"))


@feature("call: a name and a text in Unicode", GROUP)
async def unicode(cell: Any) -> None:
    same(await cell.text("grüße", {"text": "名前"}), "Grüße, 名前 🎈")


@feature("call: an answer of 3 MB", GROUP)
async def big(cell: Any) -> None:
    mark = len(cell.peer.recording.lines)
    same(len(await cell.text("big", {"bytes": 3_000_000})), 3_000_000)
    cell.came_as_json(mark)


@feature("call: arguments that are headers (x-mcp-header)", GROUP)
async def headers(cell: Any) -> None:
    await cell.all("tools")
    seen = await cell.text("placed", {"region": "Zürich ", "count": 7})
    if cell.backend.name == "modern-http":
        same(json.loads(seen), ["=?base64?WsO8cmljaCA=?=", "7"])
