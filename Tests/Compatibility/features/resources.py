"""Resources and their templates."""

from __future__ import annotations

import base64
from typing import Any

import truth
from cells import error_of, same
from clients import plain
from features import feature

GROUP = "Resources"


async def read(cell: Any, path: str) -> Any:
    result = await cell.client.read_resource(cell.uri(path))
    (content,) = result.contents
    same(str(content.uri), cell.uri(path))
    return content


@feature("resources/list, all pages, unchanged", GROUP)
async def listed(cell: Any) -> None:
    found = {str(resource.uri): plain(resource) for resource in await cell.all("resources")}
    for resource in truth.resources(cell.backend.name):
        same(found.get(resource["uri"]), resource, resource["uri"])


@feature("resources/templates/list, all pages, unchanged", GROUP)
async def templates(cell: Any) -> None:
    found = {template.uri_template: plain(template) for template in await cell.all("resource_templates")}
    for template in truth.templates(cell.backend.name):
        same(found.get(template["uriTemplate"]), template, template["uriTemplate"])


@feature("resources/read: text", GROUP)
async def text(cell: Any) -> None:
    same((await read(cell, "about")).text, f"This is {cell.backend.name}.")


@feature("resources/read: blob", GROUP)
async def blob(cell: Any) -> None:
    same(base64.b64decode((await read(cell, "picture")).blob), bytes(range(256)))


@feature("resources/read by a template", GROUP)
async def by_template(cell: Any) -> None:
    same((await read(cell, "items/apple")).text, f"{cell.backend.name} has apple")


@feature("resources/read: URIs in Unicode", GROUP)
async def unicode(cell: Any) -> None:
    for path in ["größe/名前", "gr%C3%B6%C3%9Fe"]:
        same((await read(cell, path)).text, f"Größe: {path}")


@feature("resources/read: 3 MB", GROUP)
async def big(cell: Any) -> None:
    mark = len(cell.peer.recording.lines)
    same(len((await read(cell, "big")).text), 3_000_000)
    cell.came_as_json(mark)


@feature("resources/read: not found, with the version's code", GROUP)
async def not_found(cell: Any) -> None:
    # The URI is one of the backend's template, so that it is the backend that does not find it.
    uri = cell.uri("t0/nothing")
    error = await error_of(cell.client.read_resource(uri))
    same((error.code, error.data), (-32602 if cell.modern else -32002, {"uri": uri}))


@feature("resources/read: a URI that no backend has", GROUP)
async def nobodys(cell: Any) -> None:
    error = await error_of(cell.client.read_resource("nobody://has/this"))
    same(error.code, -32602 if cell.modern else -32002)


@feature("an MCP App: ui:// resource and its _meta", GROUP)
async def app(cell: Any) -> None:
    uri = f"ui://{cell.backend.name}/app.html"
    (tool,) = [tool for tool in await cell.all("tools") if tool.name == cell.name("app")]
    same(tool.meta, {"ui": {"resourceUri": uri}})
    (content,) = (await cell.client.read_resource(uri)).contents
    same((content.mime_type, content.text), ("text/html;profile=mcp-app", "<!doctype html><p>Hello"))
    same(content.meta, {"ui": {"csp": {"connectDomains": ["https://example.org"]}}})
