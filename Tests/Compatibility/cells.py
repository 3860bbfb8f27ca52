"""A cell: one client that reaches one backend by one endpoint. What the checks are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.shared.inbound import MCP_NAME_HEADER, encode_header_value

from backends import BackendKind
from clients import Peer, plain, words
from features import Outcome, absent

JOINT, OWN = "/mcp", "/mcp/NAME"


@dataclass
class Cell:
    backend: BackendKind
    endpoint: str
    peer: Peer

    @property
    def client(self) -> Any:
        return self.peer.client

    @property
    def modern(self) -> bool:
        return self.peer.kind.modern

    @property
    def same_era(self) -> bool:
        return self.modern == self.backend.modern

    @property
    def label(self) -> str:
        """Unlike that of any other cell, and good as a part of a name or URI."""
        place = "joint" if self.endpoint == JOINT else "own"
        return f"{self.peer.kind.name}.{self.backend.name}.{place}"

    def name(self, own: str) -> str:
        """A tool's or prompt's name as this endpoint lists it."""
        return f"{self.backend.name}__{own}" if self.endpoint == JOINT else own

    def uri(self, path: str) -> str:
        return f"{self.backend.name}://{path}"

    async def call(self, tool: str, arguments: dict[str, Any] | None = None, **more: Any) -> types.CallToolResult:
        return await self.client.call_tool(self.name(tool), arguments or {}, **more)

    async def text(self, tool: str, arguments: dict[str, Any] | None = None, **more: Any) -> str:
        """The text that a tool answers; its failure is one of the check."""
        result = await self.call(tool, arguments, **more)
        assert not result.is_error, f"{tool} failed: {words(result)}"
        return words(result)

    async def raw(self, method: str, params: dict[str, Any], name: str | None = None) -> dict[str, Any]:
        """A request that the SDK has no type for, with the envelope and headers of the connection's version."""
        session = self.client.session
        data: dict[str, Any] = {"method": method, "params": dict(params)}
        options: dict[str, Any] = {}
        session._stamp(data, options)
        if name is not None and self.modern:
            options["headers"][MCP_NAME_HEADER] = encode_header_value(name)
        return await session._dispatcher.send_raw_request(method, data["params"], options)

    def came_as_json(self, since: int) -> None:
        """A large answer that no backend sent as an event is none for its client either: some take events of 1 MiB at most."""
        if self.backend.name in ("legacy-http", "legacy-sse"):
            return
        kinds = [line for line in self.peer.recording.lines[since:] if "result" in (line.get("message") or {})]
        assert all("event" not in line for line in kinds), "a large answer became an event on the way"

    async def recall(self, marker: str) -> None:
        seen = await self.text("recall", {"marker": marker})
        assert seen == "seen", f"the server did not come to: {marker}"

    async def all(self, what: str) -> list[Any]:
        """A whole list, page by page."""
        list_page = {
            "tools": self.client.list_tools,
            "prompts": self.client.list_prompts,
            "resources": self.client.list_resources,
            "resource_templates": self.client.list_resource_templates,
        }[what]
        items, cursor = [], None
        while True:
            result = await list_page(cursor=cursor)
            items += getattr(result, what)
            cursor = result.next_cursor
            if cursor is None:
                return items

    async def refused(self, request: Any, capability: str) -> Outcome:
        """A client whose version lacks a capability is refused clearly, and not left waiting."""
        try:
            result = await request
        except MCPError as error:
            codes = (types.INVALID_REQUEST, types.MISSING_REQUIRED_CLIENT_CAPABILITY)
            assert error.code in codes, f"refused with {error.code} {error.message}"
            assert "elicitation" in error.message, f"refused without the reason: {error.message}"
            return absent(f"no {capability}")
        raise AssertionError(f"a client without {capability} was answered: {plain(result)}")


def same(seen: Any, expected: Any, what: str = "") -> None:
    assert seen == expected, f"{what + ': ' if what else ''}expected {expected!r}, seen {seen!r}"[:600]


async def error_of(request: Any) -> MCPError:
    try:
        result = await request
    except MCPError as error:
        return error
    raise AssertionError(f"no error: {plain(result)}"[:300])
