"""The resources and templates."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

import mcp_types as types
from mcp import MCPError

import questions

APP = "text/html;profile=mcp-app"


class Resources:
    def __init__(self, name: str) -> None:
        self.name = name
        self.app = f"ui://{name}/app.html"

    def listed(self) -> list[types.Resource]:
        def resource(path: str, kind: str = "text/plain", **more: Any) -> types.Resource:
            return types.Resource(uri=f"{self.name}://{path}", name=path, mime_type=kind, **more)

        described = types.Annotations(audience=["user"], priority=0.5)
        fillers = [resource(f"filler/{number}") for number in range(8)]
        interface = types.Resource(uri=self.app, name="app", mime_type=APP, _meta={"ui": {"prefersBorder": True}})
        return [
            resource("about", description="What this is.", annotations=described),
            resource("picture", "application/octet-stream"),
            resource("gr%C3%B6%C3%9Fe"),
            resource("größe/名前"),
            resource("asks"),
            resource("big"),
            interface,
            *fillers,
        ]

    def templates(self) -> list[types.ResourceTemplate]:
        def template(path: str) -> types.ResourceTemplate:
            return types.ResourceTemplate(uri_template=f"{self.name}://{path}", name=path, mime_type="text/plain")

        return [template("items/{item}"), template("watched/{who}"), *(template(f"t{number}/{{x}}") for number in range(6))]

    async def read(self, uri: str, dialogue: Any) -> types.ReadResourceResult:
        def text(value: str, kind: str = "text/plain", **more: Any) -> types.ReadResourceResult:
            return types.ReadResourceResult(
                contents=[types.TextResourceContents(uri=uri, mime_type=kind, text=value, **more)]
            )

        if uri == self.app:
            policy = {"ui": {"csp": {"connectDomains": ["https://example.org"]}}}
            return text("<!doctype html><p>Hello", APP, _meta=policy)
        scheme, _, path = uri.partition("://")
        match path.split("/") if scheme == self.name else None:
            case ["about"]:
                return text(f"This is {self.name}.")
            case ["picture"]:
                data = base64.b64encode(bytes(range(256))).decode()
                blob = types.BlobResourceContents(uri=uri, mime_type="application/octet-stream", blob=data)
                return types.ReadResourceResult(contents=[blob])
            case ["gr%C3%B6%C3%9Fe"] | ["größe", "名前"]:
                return text(f"Größe: {path}")
            case ["asks"]:
                return text(f"The colour: {await questions.colour(dialogue)}")
            case ["big"]:
                return text("y" * 3_000_000)
            case ["items" | "watched", item]:
                return text(f"{self.name} has {unquote(item)}")
        code = types.INVALID_PARAMS if dialogue.modern else -32002
        raise MCPError(code, "Resource not found", {"uri": uri})
