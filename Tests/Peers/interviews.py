"""Tools of the peer server that ask the client something, in the manner of the client's era, and that change things
somebody may watch."""

from __future__ import annotations

import json
from typing import Any

import anyio
import mcp_types as types
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.shared.message import ServerMessageMetadata
from mcp_types import InputRequiredResult
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from stats import Stats

FORM = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}


def question(kind: str, number: int) -> tuple[Any, Any]:
    """A request of that kind, and the type of its result."""
    match kind:
        case "form":
            params = types.ElicitRequestFormParams(message=f"form {number}", requested_schema=FORM)
            return types.ElicitRequest(params=params), types.ElicitResult
        case "url":
            url = types.ElicitRequestURLParams(message=f"url {number}", url=f"https://example.org/{number}", elicitation_id=f"e-{number}")
            return types.ElicitRequest(params=url), types.ElicitResult
        case "sample":
            content = types.TextContent(type="text", text=f"sample {number}")
            message = types.SamplingMessage(role="user", content=content)
            return (
                types.CreateMessageRequest(params=types.CreateMessageRequestParams(messages=[message], max_tokens=10)),
                types.CreateMessageResult,
            )
        case "roots":
            return types.ListRootsRequest(), types.ListRootsResult
        case _:
            raise ValueError(f"no such question: {kind}")


def told(result: Any) -> Any:
    """What an answer says, short."""
    if isinstance(result, types.ElicitResult):
        return result.content if result.action == "accept" and result.content else result.action
    if isinstance(result, types.ListRootsResult):
        return [str(root.uri) for root in result.roots]
    content = result.content[0] if isinstance(result.content, list) else result.content
    return content.text


def add(mcp: MCPServer, stats: Stats) -> None:
    watchers = stats.watchers

    async def legacy(ctx: Context, steps: list[str], at_once: bool, apart: bool) -> list[Any]:
        answers: list[Any] = [None] * len(steps)

        async def ask(index: int) -> None:
            request, kind = question(steps[index], index + 1)
            metadata = None if apart else ServerMessageMetadata(related_request_id=ctx.request_id)
            answers[index] = told(await ctx.session.send_request(request, kind, metadata=metadata))

        if at_once:
            async with anyio.create_task_group() as group:
                for index in range(len(steps)):
                    group.start_soon(ask, index)
        else:
            for index in range(len(steps)):
                await ask(index)
        return answers

    def modern(ctx: Context, steps: list[str], at_once: bool) -> list[Any] | InputRequiredResult:
        answers: list[Any] = json.loads(ctx.request_state) if ctx.request_state else []
        answers += [told(answer) for _, answer in sorted((ctx.input_responses or {}).items())]
        if len(answers) >= len(steps):
            return answers
        first, last = len(answers), len(steps) if at_once else len(answers) + 1
        asked = {f"q{index + 1}": question(steps[index], index + 1)[0] for index in range(first, last)}
        return InputRequiredResult(input_requests=asked, request_state=json.dumps(answers))

    @mcp.tool(structured_output=False)
    async def interview(steps: list[str], ctx: Context, at_once: bool = False, apart: bool = False) -> str | InputRequiredResult:
        """Asks form, url, sample or roots, one after another or all at once; tells the answers as JSON.

        `apart` asks on the session's own stream, so that nothing says to which call the question belongs.
        """
        stats.interviews_started += 1
        try:
            await ctx.report_progress(1, 2, "begun")
            if ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
                answers = modern(ctx, steps, at_once)
                if isinstance(answers, InputRequiredResult):
                    return answers
            else:
                answers = await legacy(ctx, steps, at_once, apart)
            await ctx.report_progress(2, 2, "done")
        except anyio.get_cancelled_exc_class():
            stats.interviews_cancelled += 1
            raise
        return json.dumps(answers)

    @mcp.prompt()
    async def survey(ctx: Context) -> str | InputRequiredResult:
        """A prompt that wants to know a color first."""
        if ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
            answers = modern(ctx, ["form"], False)
            if isinstance(answers, InputRequiredResult):
                return answers
        else:
            answers = await legacy(ctx, ["form"], False, False)
        return f"survey {json.dumps(answers)}"

    @mcp.tool(structured_output=False)
    async def touch(uri: str, ctx: Context) -> str:
        """Says to whoever watches it that a resource is another than before."""
        await ctx.notify_resource_updated(uri)
        for session in list(watchers.get(uri, {}).values()):
            await session.send_resource_updated(uri)
        return f"{len(watchers.get(uri, {}))} legacy sessions watch"

    @mcp.tool(structured_output=False)
    async def grow(tool: str, ctx: Context) -> str:
        """Offers one more tool, and says so to whoever listens."""

        async def grown() -> str:
            return tool

        mcp.add_tool(grown, name=tool)
        await ctx.notify_tools_changed()
        await ctx.session.send_tool_list_changed()
        return tool

    async def subscribe(ctx: Any, params: types.SubscribeRequestParams) -> types.EmptyResult:
        if str(params.uri).endswith("/unwatched"):
            raise ValueError("nobody may watch that")
        watchers.setdefault(str(params.uri), {})[id(ctx.session._connection)] = ctx.session
        return types.EmptyResult()

    async def unsubscribe(ctx: Any, params: types.UnsubscribeRequestParams) -> types.EmptyResult:
        watchers.get(str(params.uri), {}).pop(id(ctx.session._connection), None)
        return types.EmptyResult()

    async def level(ctx: Any, params: types.SetLevelRequestParams) -> types.EmptyResult:
        return types.EmptyResult()

    server = mcp._lowlevel_server
    server.add_request_handler("resources/subscribe", types.SubscribeRequestParams, subscribe)
    server.add_request_handler("resources/unsubscribe", types.UnsubscribeRequestParams, unsubscribe)
    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, level)
