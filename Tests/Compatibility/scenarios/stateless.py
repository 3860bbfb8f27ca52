"""2026-07-28 without sessions: envelopes, discovery, versions, removed methods, subscriptions, caching hints."""

from __future__ import annotations

import uuid
from typing import Any

from scenarios import scenario
from scenarios.contents import NAME, listed
from scenarios.conversation import META, MODERN, same


async def refused(talk: Any, method: str, params: Any, status: int, code: int, **headers: str) -> dict[str, Any]:
    """Sends exactly these params; the error must carry the request's id."""
    message = {"jsonrpc": "2.0", "id": "the id", "method": method, "params": params}
    answer = await talk.wire.post(message, {**talk.headers(method, params), **headers})
    same((answer.status, answer.error["code"], answer.last["id"]), (status, code, "the id"), f"{method} {headers}")
    return answer.error


@scenario("server-stateless", "modern")
async def envelope(talk: Any) -> None:
    full = talk.envelope(None)["_meta"]
    await refused(talk, "tools/list", {}, 400, -32602)
    for key in ["protocolVersion", "clientCapabilities"]:
        await refused(talk, "tools/list", {"_meta": {name: full[name] for name in full if name != META + key}}, 400, -32602)
    anonymous = {"_meta": {name: full[name] for name in full if name != META + "clientInfo"}}
    answer = await talk.wire.post(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": anonymous}, talk.headers("tools/list", anonymous)
    )
    same(answer.status, 200, "without clientInfo")
    assert "mcp-session-id" not in answer.headers, "a session id"


@scenario("server-stateless: discovery", "modern")
async def discovery(talk: Any) -> None:
    result = await talk.request("server/discover")
    assert MODERN in result["supportedVersions"], f"versions {result['supportedVersions']}"
    for capability, method in {"tools": "tools/list", "prompts": "prompts/list", "resources": "resources/list"}.items():
        assert capability in result["capabilities"], f"{capability} is not declared"
        assert capability in await talk.request(method)


@scenario("server-stateless: versions", "modern")
async def versions(talk: Any) -> None:
    unknown = {"_meta": {**talk.envelope(None)["_meta"], META + "protocolVersion": "v999.0.0"}}
    header = {"MCP-Protocol-Version": "v999.0.0"}
    error = await refused(talk, "server/discover", unknown, 400, -32022, **header)
    same((MODERN in error["data"]["supported"], error["data"]["requested"]), (True, "v999.0.0"))
    # The body says another version than the header.
    await refused(talk, "server/discover", unknown, 400, -32020)


@scenario("server-stateless: removed and unknown methods", "modern")
async def removed(talk: Any) -> None:
    bodies = {
        "initialize": {"protocolVersion": MODERN, "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}},
        "ping": {},
        "logging/setLevel": {"level": "info"},
        "resources/subscribe": {"uri": f"{NAME}://about"},
        "resources/unsubscribe": {"uri": f"{NAME}://about"},
        "no/such-method": {},
    }
    for method, params in bodies.items():
        await refused(talk, method, talk.envelope(params), 404, -32601)


@scenario("server-stateless: GET and DELETE", "modern")
async def other_verbs(talk: Any) -> None:
    for verb in ["GET", "DELETE"]:
        answer = await talk.wire.send(verb, {"MCP-Protocol-Version": MODERN})
        same(answer.status, 405, verb)


@scenario("server-stateless: a capability that the client lacks", "modern", alone="a server of the legacy era has no such error")
async def lacking(talk: Any) -> None:
    talk.capabilities = {}
    answer = await talk.once("tools/call", {"name": "sample", "arguments": {"text": "?"}})
    same((answer.status, answer.error["code"]), (400, -32021))
    same(answer.error["data"]["requiredCapabilities"], {"sampling": {}})


@scenario("server-stateless: no log messages unasked, no requests on streams", "modern")
async def quiet(talk: Any) -> None:
    answer = await talk.once("tools/call", {"name": "log", "arguments": {}})
    same([message.get("method") for message in answer.messages], [None])
    meta = {META + "logLevel": "debug", "progressToken": 5}
    answer = await talk.once("tools/call", {"name": "ask_slowly", "arguments": {}, "_meta": meta})
    assert all("id" not in message for message in answer.messages if "method" in message), "a request on a stream"
    same(answer.last["result"]["resultType"], "input_required")


@scenario("server-stateless: subscriptions/listen", "modern")
async def listening(talk: Any) -> None:
    uri = f"{NAME}://watched/listened"
    message = talk.message("subscriptions/listen", {"notifications": {"resourceSubscriptions": [uri]}})
    message["id"] = "listen-1"
    async with talk.wire.stream("POST", talk.headers("subscriptions/listen", {}), message) as (answer, events):
        same(answer.status, 200)
        assert answer.streams, f"no stream: {answer.headers}"
        first = (await anext(events)).message
        same(first["method"], "notifications/subscriptions/acknowledged")
        same(first["params"]["_meta"][META + "subscriptionId"], "listen-1")
        # Of these two only the second was asked for.
        await talk.call("add_tool", {"name": "of_no_interest"})
        await talk.call("remove_tool", {"name": "of_no_interest"})
        await talk.call("touch", {"uri": uri})
        second = (await anext(events)).message
        same((second["method"], second["params"]["uri"]), ("notifications/resources/updated", uri))
        same(second["params"]["_meta"][META + "subscriptionId"], "listen-1")


@scenario("server-stateless: changed lists", "modern")
async def changed(talk: Any) -> None:
    """Told until the list has the change: the first that is told may be of the scenario before."""
    name = f"noticed_{uuid.uuid4().hex}"
    message = talk.message("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    async with talk.wire.stream("POST", talk.headers("subscriptions/listen", {}), message) as (_, events):
        await anext(events)
        await talk.call("add_tool", {"name": name})
        try:
            async for event in events:
                note = event.message
                same(note["method"], "notifications/tools/list_changed")
                same(note["params"]["_meta"][META + "subscriptionId"], message["id"])
                if name in [tool["name"] for tool in await listed(talk, "tools/list", "tools")]:
                    return
        finally:
            await talk.call("remove_tool", {"name": name})
    raise AssertionError("the stream ended without the change")


@scenario("caching", "modern")
async def caching(talk: Any) -> None:
    asked: dict[str, dict[str, Any]] = {
        "server/discover": {},
        "tools/list": {},
        "prompts/list": {},
        "resources/list": {},
        "resources/templates/list": {},
        "resources/read": {"uri": f"{NAME}://about"},
    }
    for method, params in asked.items():
        result = await talk.request(method, params)
        assert isinstance(result.get("ttlMs"), int) and result["ttlMs"] >= 0, f"{method}: ttlMs {result.get('ttlMs')!r}"
        assert result.get("cacheScope") in ("public", "private"), f"{method}: cacheScope {result.get('cacheScope')!r}"
