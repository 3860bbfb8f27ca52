"""What the gateway does as a client: the behaviours of the official client scenarios, seen by a scripted backend.

Each is acted by a client of either era, where the scenario's backend can be had by both.
"""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import truth
from gateway import KEY, Gateway
from scenarios import stub
from scenarios.conversation import LegacyConversation, ModernConversation, same
from scenarios.stub import Reply, Seen, Stub
from wire.client import WireClient

CHECKS: list[tuple[str, str, Any]] = []
META = "io.modelcontextprotocol/"


def upstream(name: str, eras: str = "legacy modern") -> Any:
    def add(check: Any) -> Any:
        CHECKS.extend((name, era, check) for era in eras.split())
        return check

    return add


class Act:
    """The place of one scenario: starts gateways, and opens conversations of one era with them."""

    def __init__(self, binary: str, directory: Path, era: str) -> None:
        self.binary, self.directory, self.era = binary, directory, era

    @asynccontextmanager
    async def through(self, backend: Stub) -> Any:
        gateway = Gateway(self.binary, self.directory)
        await gateway.start({"stub": {"url": backend.url, "prefix": ""}})
        wire = WireClient(gateway.url, KEY)
        talk = (ModernConversation if self.era == "modern" else LegacyConversation)(wire)
        try:
            await gateway.settled()
            await talk.open()
            yield talk
        finally:
            await wire.aclose()
            await gateway.stop()


async def echo(seen: Seen, reply: Reply) -> None:
    await reply.json(stub.result(seen, stub.text(json.dumps(seen.params.get("arguments")), resultType="complete")))


def mirrored(seen: Seen, header: str, value: str) -> None:
    sent = seen.headers.get(header)
    if sent is not None and sent.startswith("=?base64?"):
        sent = base64.b64decode(sent.removeprefix("=?base64?").removesuffix("?=")).decode()
    same(sent, value, f"{header} of {seen.message['method']}")


@upstream("http-standard-headers")
async def standard_headers(act: Act) -> None:
    resources = [{"uri": uri, "name": uri} for uri in ["file:///a%20b", "https://example.com/r?id=1", "x://größe"]]
    more = {
        "resources/list": {"resources": resources},
        "resources/read": {"contents": []},
        "prompts/list": {"prompts": [{"name": "a prompt"}]},
        "prompts/get": {"messages": []},
    }
    tools = [stub.tool(name) for name in ["plain", "with-hyphen", "größe 🎈", " padded "]]
    async with Stub(stub.modern(tools, echo, more)) as backend, act.through(backend) as talk:
        for name in [each["name"] for each in tools]:
            await talk.call(name)
        for resource in resources:
            await talk.request("resources/read", {"uri": resource["uri"]})
        await talk.request("prompts/get", {"name": "a prompt"})
        for seen in backend.seen:
            if seen.message["method"] == "initialize":
                continue
            same(seen.headers.get("mcp-method"), seen.message["method"], "Mcp-Method")
            for method, member in {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.items():
                if seen.message["method"] == method:
                    mirrored(seen, "mcp-name", seen.params[member])
        same(len(backend.of("tools/call")), len(tools))


@upstream("http-custom-headers")
async def custom_headers(act: Act) -> None:
    kinds = {"text": "string", "number": "integer", "flag": "boolean", "unicode": "string", "padded": "string"}
    properties = {name: {"type": kind, "x-mcp-header": name.title()} for name, kind in kinds.items()}
    properties["nested"] = {"type": "object", "properties": {"deep": {"type": "string", "x-mcp-header": "Deep"}}}
    properties["absent"] = {"type": "string", "x-mcp-header": "Absent"}
    properties["ratio"] = {"type": "number"}
    tool = stub.tool("placed", {"type": "object", "properties": properties})
    values = {"text": "plain", "number": 42, "flag": True, "unicode": "größe", "padded": " x ", "ratio": 0.5}
    expected = {"text": "plain", "number": "42", "flag": "true", "unicode": "größe", "padded": " x "}
    async with Stub(stub.modern([tool], echo)) as backend, act.through(backend) as talk:
        headers = {}
        if act.era == "modern":
            headers = {f"Mcp-Param-{name.title()}": encode(value) for name, value in expected.items()}
            headers["Mcp-Param-Deep"] = "inside"
        params = {"name": "placed", "arguments": {**values, "nested": {"deep": "inside"}, "absent": None}}
        answer = await talk.once("tools/call", params, **headers) if act.era == "modern" else await talk.request("tools/call", params)
        (seen,) = backend.of("tools/call")
        for name, value in expected.items():
            mirrored(seen, f"mcp-param-{name}", value)
        mirrored(seen, "mcp-param-deep", "inside")
        assert "mcp-param-absent" not in seen.headers and "mcp-param-ratio" not in seen.headers, f"{answer} {seen.headers}"


def encode(value: str) -> str:
    if value.isascii() and value == value.strip():
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


@upstream("http-invalid-tool-headers")
async def invalid_headers(act: Act) -> None:
    """Tools whose x-mcp-header is invalid are left out of the list; the others stay."""

    def with_header(name: str, value: Any, kind: str = "string") -> dict[str, Any]:
        return stub.tool(name, {"type": "object", "properties": {"a": {"type": kind, "x-mcp-header": value}}})

    twice = {"a": {"type": "string", "x-mcp-header": "Same"}, "b": {"type": "string", "x-mcp-header": "same"}}
    tools = [
        with_header("valid", "Region"),
        stub.tool("without"),
        with_header("empty", ""),
        with_header("blank", "My Region"),
        with_header("colon", "Region:"),
        with_header("unicode", "Größe"),
        with_header("line", "Region\n"),
        with_header("number", "Region", "number"),
        with_header("object", "Region", "object"),
        stub.tool("twice", {"type": "object", "properties": twice}),
    ]
    async with Stub(stub.modern(tools, echo)) as backend, act.through(backend) as talk:
        listed = await talk.request("tools/list")
        same([tool["name"] for tool in listed["tools"]], ["valid", "without"])


@upstream("json-schema-2020-12-preservation")
async def preserved(act: Act) -> None:
    tool = stub.tool("schema", truth.SCHEMA)
    async with Stub(stub.modern([tool], echo)) as backend, act.through(backend) as talk:
        answer = await talk.request("tools/list")
        same(json.dumps(answer["tools"][0]["inputSchema"]), json.dumps(truth.SCHEMA), "members in their order")


@upstream("json-schema-ref-no-deref")
async def not_fetched(act: Act) -> None:
    async with Stub(stub.modern([], echo)) as canary:
        tool = stub.tool("far", {"type": "object", "properties": {"a": {"$ref": f"{canary.origin}/schema.json"}}})
        async with Stub(stub.modern([tool], echo)) as backend, act.through(backend) as talk:
            await talk.request("tools/list")
            await talk.call("far", {"a": 1})
            same([seen.path for seen in canary.seen], [])


@upstream("request-metadata")
async def metadata(act: Act) -> None:
    async with Stub(stub.modern([stub.tool("one")], echo)) as backend, act.through(backend) as talk:
        await talk.call("one")
        asked = [seen for seen in backend.seen if seen.message["method"] != "initialize"]
        for seen in asked:
            what = seen.message["method"]
            same(seen.headers.get("mcp-protocol-version"), "2026-07-28", what)
            same(seen.meta.get(META + "protocolVersion"), "2026-07-28", what)
            assert {"name", "version"} <= set(seen.meta.get(META + "clientInfo") or {}), f"{what}: no clientInfo"
            assert isinstance(seen.meta.get(META + "clientCapabilities"), dict), f"{what}: no clientCapabilities"
            assert "mcp-session-id" not in seen.headers, f"{what}: a session"
        (call,) = backend.of("tools/call")
        offered = call.meta[META + "clientCapabilities"]
        same({name for name in ["elicitation", "sampling", "roots"] if name in offered}, {"elicitation", "sampling", "roots"})


@upstream("initialize")
async def initialize(act: Act) -> None:
    async with Stub(stub.legacy([stub.tool("one")], echo)) as backend, act.through(backend) as talk:
        await talk.call("one")
        first, *_ = backend.of("initialize")
        assert "mcp-session-id" not in first.headers, "initialize within a session"
        same(set(first.params) - {"_meta"}, {"protocolVersion", "capabilities", "clientInfo"})
        assert {"name", "version"} <= set(first.params["clientInfo"])
        order = [seen.message["method"] for seen in backend.seen if seen.message and seen.method == "POST"]
        assert order.index("notifications/initialized") > order.index("initialize"), f"{order}"
        for seen in backend.of("tools/call") + backend.of("tools/list") + backend.of("notifications/initialized"):
            same(seen.headers.get("mcp-session-id"), "the-session", seen.message["method"])
            version = first.params["protocolVersion"] if seen.message["method"] != "tools/call" else "2025-11-25"
            same(seen.headers.get("mcp-protocol-version"), version, seen.message["method"])


@upstream("tools_call")
async def call(act: Act) -> None:
    async def add(seen: Seen, reply: Reply) -> None:
        arguments = seen.params["arguments"]
        await reply.json(stub.result(seen, stub.text(str(arguments["a"] + arguments["b"]))))

    async with Stub(stub.legacy([stub.tool("add_numbers")], add)) as backend, act.through(backend) as talk:
        result = await talk.call("add_numbers", {"a": 5, "b": 3})
        same(result["content"][0]["text"], "8")


@upstream("sse-retry")
async def retry(act: Act) -> None:
    """The backend ends the call's stream early: the gateway waits as it was told, and comes back for the answer."""

    async def early(seen: Seen, reply: Reply) -> None:
        early.call = seen
        await reply.events()
        await reply.event("id: event-1\nretry: 500\ndata:")
        early.ended = early.call.at
        await reply.end()

    async def back(seen: Seen, reply: Reply) -> None:
        if seen.headers.get("last-event-id") != "event-1":
            return await reply.json(None, 405)
        await reply.events()
        await reply.event(f"id: event-2\ndata: {json.dumps(stub.result(early.call, stub.text('after all')))}")
        await reply.end()

    async with Stub(stub.legacy([stub.tool("slow")], early, back)) as backend, act.through(backend) as talk:
        same((await talk.call("slow"))["content"][0]["text"], "after all")
        came_back = [seen for seen in backend.seen if seen.method == "GET" and "last-event-id" in seen.headers]
        same(len(came_back), 1, "times that it came back")
        waited = came_back[0].at - early.call.at
        assert waited >= 0.45, f"it came back after {waited:.2f} s, and was told 0.5"
        same(came_back[0].headers.get("mcp-session-id"), "the-session")


@upstream("sep-2322-client-request-state")
async def request_state(act: Act) -> None:
    """The state goes back byte for byte, and only where there was one; each round has an id of its own."""
    state = 'opaque "größe" \\ \u2028 =='
    question = {"method": "elicitation/create", "params": {"mode": "form", "message": "?", "requestedSchema": schema()}}

    async def asking(seen: Seen, reply: Reply) -> None:
        if seen.params["name"] == "other" or "inputResponses" in seen.params:
            return await reply.json(stub.result(seen, stub.text("done", resultType="complete")))
        asked: dict[str, Any] = {"resultType": "input_required", "inputRequests": {"a key": question}}
        if seen.params["name"] == "with_state":
            asked["requestState"] = state
        await reply.json(stub.result(seen, asked))

    tools = [stub.tool(name) for name in ["with_state", "without_state", "other"]]
    async with Stub(stub.modern(tools, asking)) as backend, act.through(backend) as talk:
        talk.answers["elicitation/create"] = {"action": "accept", "content": {"confirmed": True}}
        for name in ["with_state", "other", "without_state", "other"]:
            same((await talk.call(name))["content"][0]["text"], "done", name)
        calls = backend.of("tools/call")
        names = [seen.params["name"] for seen in calls]
        same(names, ["with_state", "with_state", "other", "without_state", "without_state", "other"])
        first, second, between, third, fourth, last = calls
        same(second.params.get("requestState"), state)
        assert "requestState" not in fourth.params, "a state where there was none"
        same(second.params["inputResponses"], {"a key": {"action": "accept", "content": {"confirmed": True}}})
        for plain in (first, between, third, last):
            assert not {"requestState", "inputResponses"} & set(plain.params), f"{plain.params}"
        for one, two in [(first, second), (third, fourth)]:
            assert one.message["id"] != two.message["id"], "the same id in both rounds"


def schema() -> dict[str, Any]:
    return {"type": "object", "properties": {"confirmed": {"type": "boolean"}}}


@upstream("sep-2322-client-request-state: a result without resultType is complete")
async def untyped(act: Act) -> None:
    async def bare(seen: Seen, reply: Reply) -> None:
        await reply.json(stub.result(seen, stub.text("bare")))

    async with Stub(stub.modern([stub.tool("bare")], bare)) as backend, act.through(backend) as talk:
        same((await talk.call("bare"))["content"][0]["text"], "bare")


async def act_one(binary: str, directory: Path, era: str, check: Any) -> str:
    try:
        await check(Act(binary, directory, era))
    except Exception as error:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        return f"{type(error).__name__}: {error}"[:300]
    return ""
