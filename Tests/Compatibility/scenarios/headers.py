"""Headers that mirror the body (2026-07-28, SEP-2243)."""

from __future__ import annotations

from typing import Any

from scenarios import scenario
from scenarios.conversation import MODERN, same

ECHO = {"name": "echo", "arguments": {"text": "mirrored"}}


async def sent(talk: Any, method: str, params: dict[str, Any], headers: dict[str, str]) -> Any:
    return await talk.wire.post(talk.message(method, params), {"MCP-Protocol-Version": MODERN, **headers})


async def accepted(talk: Any, method: str, params: dict[str, Any], headers: dict[str, str]) -> Any:
    answer = await sent(talk, method, params, headers)
    assert answer.status == 200 and "result" in answer.last, f"{headers}: HTTP {answer.status} {answer.body[:200]!r}"
    return answer.last["result"]


async def rejected(talk: Any, method: str, params: dict[str, Any], headers: dict[str, str]) -> None:
    answer = await sent(talk, method, params, headers)
    same((answer.status, answer.error["code"]), (400, -32020), f"{method} {headers}")


@scenario("http-header-validation", "modern")
async def standard(talk: Any) -> None:
    await rejected(talk, "tools/list", {}, {"Mcp-Method": "prompts/list"})
    await rejected(talk, "tools/list", {}, {})
    await rejected(talk, "tools/list", {}, {"Mcp-Method": "TOOLS/LIST"})
    await rejected(talk, "tools/call", ECHO, {"Mcp-Method": "tools/call", "Mcp-Name": "wrong_tool_name"})
    await rejected(talk, "tools/call", ECHO, {"Mcp-Method": "tools/call"})
    padded = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": "  echo\t "}
    same(await talk.wire.status_of(talk.message("tools/call", ECHO), padded), 200, "white space around a value")
    await accepted(talk, "tools/list", {}, {"mcp-method": "tools/list"})
    await accepted(talk, "tools/list", {}, {"MCP-METHOD": "tools/list"})


@scenario("http-header-validation: names in Unicode", "modern")
async def unicode(talk: Any) -> None:
    params = {"name": "grüße", "arguments": {"text": "x"}}
    await accepted(talk, "tools/call", params, {"Mcp-Method": "tools/call", "Mcp-Name": "=?base64?Z3LDvMOfZQ==?="})
    await rejected(talk, "tools/call", params, {"Mcp-Method": "tools/call", "Mcp-Name": "=?base64?Z3LDvMOf!!==?="})


@scenario("http-custom-header-server-validation", "modern")
async def custom(talk: Any) -> None:
    common = {"Mcp-Method": "tools/call", "Mcp-Name": "placed"}

    def placed(region: str) -> dict[str, Any]:
        return {"name": "placed", "arguments": {"region": region, "count": 5}}

    async def with_region(check: Any, body: str, header: str | None, count: str = "5") -> None:
        region = {"Mcp-Param-Region": header} if header is not None else {}
        await check(talk, "tools/call", placed(body), {**common, **region, "Mcp-Param-Count": count})

    await with_region(accepted, "Hello", "Hello")
    await with_region(accepted, "Hello", "=?base64?SGVsbG8=?=")
    # Integers are compared as numbers.
    await with_region(accepted, "Hello", "Hello", "5.0")
    await with_region(rejected, "Hello", "=?base64?SGVsbG8?=")
    await with_region(rejected, "Hello", "=?base64?SGVs!!!bG8=?=")
    await with_region(rejected, "Hello", "Other")
    await with_region(rejected, "Hello", "Hello", "6")
    await with_region(rejected, "Hello", None)
    # Without its beginning or its end it is no encoding but the value itself.
    await with_region(accepted, "SGVsbG8=", "SGVsbG8=")
    await with_region(accepted, "=?base64?SGVsbG8=", "=?base64?SGVsbG8=")
