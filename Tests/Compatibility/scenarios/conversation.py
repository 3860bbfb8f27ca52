"""A conversation with a server in one era, in raw messages. Both eras look alike to a scenario."""

from __future__ import annotations

import base64
import itertools
from typing import Any

from wire.client import Answer, WireClient

META = "io.modelcontextprotocol/"
MODERN, LEGACY = "2026-07-28", "2025-11-25"
CLIENT = {"name": "conformance", "version": "1.0.0"}
CAPABILITIES = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


class Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}: {answer.error}")
        self.status = answer.status
        self.code: int = answer.error["code"]
        self.message: str = answer.error["message"]
        self.data = answer.error.get("data")


class Conversation:
    """`answers` has, by method, what the client answers when it is asked; `asked` what it was asked."""

    era: str
    prefix = ""
    """What stands before the names of tools."""

    def __init__(self, wire: WireClient) -> None:
        self.wire = wire
        self.ids = itertools.count(1)
        self.answers: dict[str, dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.notified: list[dict[str, Any]] = []

    async def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        raise NotImplementedError

    async def call(self, tool: str, arguments: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        return await self.request("tools/call", {"name": self.prefix + tool, "arguments": arguments or {}, **more})

    async def consider(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """What the client answers; None where it does not know the method."""
        return self.answers.get(question["method"])

    async def refusal(self, method: str, params: dict[str, Any] | None = None) -> Refused:
        try:
            result = await self.request(method, params)
        except Refused as refused:
            return refused
        raise AssertionError(f"{method} was not refused: {result}")


class LegacyConversation(Conversation):
    era = "legacy"

    def __init__(self, wire: WireClient) -> None:
        super().__init__(wire)
        self.session: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"MCP-Protocol-Version": LEGACY, **({"Mcp-Session-Id": self.session} if self.session else {})}

    async def open(self, capabilities: dict[str, Any] = CAPABILITIES) -> dict[str, Any]:
        params = {"protocolVersion": LEGACY, "capabilities": capabilities, "clientInfo": CLIENT}
        answer = await self.wire.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        if "result" not in answer.last:
            raise Refused(answer)
        self.session = answer.headers.get("mcp-session-id")
        noted = await self.wire.post({"jsonrpc": "2.0", "method": "notifications/initialized"}, self.headers)
        assert noted.status == 202, f"initialized: HTTP {noted.status}"
        return answer.last["result"]

    async def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        message = {"jsonrpc": "2.0", "id": next(self.ids), "method": method, **({"params": params} if params else {})}
        async with self.wire.stream("POST", self.headers, message) as (answer, events):
            async for event in events:
                answer.events.append(event)
                if event.message is not None:
                    await self.hear(event.message)
        if "result" not in answer.last:
            raise Refused(answer)
        assert answer.last["id"] == message["id"], f"the answer of {message['id']} has the id {answer.last['id']}"
        return answer.last["result"]

    async def hear(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            return
        if "id" not in message:
            self.notified.append(message)
            return
        self.asked.append(message)
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if (given := await self.consider(message)) is not None:
            answer["result"] = given
        else:
            answer["error"] = {"code": -32601, "message": "Method not found"}
        noted = await self.wire.post(answer, self.headers)
        assert noted.status == 202, f"an answer to the server: HTTP {noted.status}"


class ModernConversation(Conversation):
    era = "modern"
    capabilities: dict[str, Any] = CAPABILITIES

    async def open(self, capabilities: dict[str, Any] = CAPABILITIES) -> dict[str, Any]:
        self.capabilities = capabilities
        return await self.request("server/discover")

    def envelope(self, params: dict[str, Any] | None) -> dict[str, Any]:
        own = {META + "protocolVersion": MODERN, META + "clientInfo": CLIENT, META + "clientCapabilities": self.capabilities}
        return {**(params or {}), "_meta": {**own, **((params or {}).get("_meta") or {})}}

    def headers(self, method: str, params: dict[str, Any]) -> dict[str, str]:
        fields = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
        name = params.get(NAMED[method]) if method in NAMED else params.get("taskId")
        if name is not None:
            fields["Mcp-Name"] = encoded(name)
        return fields

    def message(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": self.envelope(params)}

    async def once(self, method: str, params: dict[str, Any] | None = None, **headers: str) -> Answer:
        """One exchange, whatever it comes to."""
        message = self.message(method, params)
        answer = await self.wire.post(message, {**self.headers(method, message["params"]), **headers})
        assert answer.last.get("id") == message["id"], f"the answer of {message['id']} has the id {answer.last.get('id')}"
        return answer

    async def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Answers what is asked for, and asks again, until the result is complete."""
        params = dict(params or {})
        while True:
            answer = await self.once(method, params)
            self.notified += [message for message in answer.messages if "method" in message]
            if "result" not in answer.last:
                raise Refused(answer)
            result = answer.last["result"]
            if result.get("resultType") != "input_required":
                return result
            wanted = result.get("inputRequests") or {}
            self.asked += wanted.values()
            params["inputResponses"] = {key: await self.consider(request) for key, request in wanted.items()}
            params.pop("requestState", None)
            if "requestState" in result:
                params["requestState"] = result["requestState"]


def encoded(value: str) -> str:
    """As 2026-07-28 writes what a header cannot hold as it is."""
    if value.isascii() and value.isprintable() and value == value.strip() and not value.startswith("=?base64?"):
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


def same(seen: Any, expected: Any, what: str = "") -> None:
    assert seen == expected, f"{what + ': ' if what else ''}expected {expected!r}, seen {seen!r}"[:500]
