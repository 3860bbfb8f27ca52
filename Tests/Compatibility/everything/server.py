"""The everything-server: every feature of MCP in one low-level server of the official SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp.server import NotificationOptions, Server

import asking
import prompts
from changes import Changes
from dialogue import Dialogue, InputRequired
from jobs import Jobs
from news import News
from registry import page
from resources import Resources
from statuses import Listening
from tools import Tools


@dataclass
class Call:
    """One tools/call or prompts/get, as the tool or prompt sees it."""

    context: Any
    dialogue: Dialogue
    arguments: dict[str, Any]

    @property
    def session(self) -> Any:
        return self.context.session

    @property
    def id(self) -> Any:
        return self.context.request_id

    @property
    def modern(self) -> bool:
        return self.dialogue.modern


class EverythingServer(Server):
    def create_initialization_options(self, *_: Any, **__: Any) -> Any:
        """The lists change here, and sessions of the legacy era are told so; they may have tasks."""
        changing = NotificationOptions(prompts_changed=True, resources_changed=True, tools_changed=True)
        options = super().create_initialization_options(changing, {"example.org/experiment": {"on": True}})
        calls = {"tools": {"call": {}}}
        options.capabilities.tasks = types.ServerTasksCapability.model_validate({"list": {}, "cancel": {}, "requests": calls})
        return options


class Anything(types.RequestParams):
    """Whatever is sent; the handler reads it from the context."""


async def mirror(context: Any, params: Anything) -> dict[str, Any]:
    return {"mirrored": {key: value for key, value in context.params.items() if key != "_meta"}}


def build(name: str, news: News, aside: bool = False) -> Server:
    """`aside` is for a server that answers in JSON, and asks its clients on their sessions' own streams."""
    changes = Changes()
    kept = Tools(name, changes, news)
    tools = kept.build()
    asking.add(kept)
    wanted = prompts.build(name)
    resources = Resources(name)

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        items, cursor = page(tools.definitions(), params.cursor if params else None)
        return types.ListToolsResult(tools=items, next_cursor=cursor, ttl_ms=60_000, cache_scope="public")

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> Any:
        run = tools[params.name].run
        arguments = params.arguments or {}
        try:
            result = await run(Call(context, Dialogue(context, f"{params.name} {arguments}", aside), arguments))
        except InputRequired as pause:
            return pause.result
        if isinstance(result, types.CallToolResult):
            return result
        return types.CallToolResult(content=result if isinstance(result, list) else [result])

    async def list_prompts(context: Any, params: Any) -> types.ListPromptsResult:
        items, cursor = page(wanted.definitions(), params.cursor if params else None)
        return types.ListPromptsResult(prompts=items, next_cursor=cursor, ttl_ms=60_000, cache_scope="public")

    async def get_prompt(context: Any, params: types.GetPromptRequestParams) -> Any:
        run = wanted[params.name].run
        arguments = params.arguments or {}
        try:
            messages = await run(Call(context, Dialogue(context, f"{params.name} {arguments}", aside), arguments))
        except InputRequired as pause:
            return pause.result
        return types.GetPromptResult(description=f"The prompt {params.name}.", messages=messages)

    async def list_resources(context: Any, params: Any) -> types.ListResourcesResult:
        items, cursor = page(resources.listed(), params.cursor if params else None)
        return types.ListResourcesResult(resources=items, next_cursor=cursor, ttl_ms=60_000, cache_scope="public")

    async def list_templates(context: Any, params: Any) -> types.ListResourceTemplatesResult:
        items, cursor = page(resources.templates(), params.cursor if params else None)
        return types.ListResourceTemplatesResult(
            resource_templates=items, next_cursor=cursor, ttl_ms=60_000, cache_scope="public"
        )

    async def read_resource(context: Any, params: types.ReadResourceRequestParams) -> Any:
        try:
            result = await resources.read(str(params.uri), Dialogue(context, str(params.uri), aside))
        except InputRequired as pause:
            return pause.result
        result.ttl_ms, result.cache_scope = 1000, "private"
        return result

    async def complete(context: Any, params: types.CompleteRequestParams) -> types.CompleteResult:
        return types.CompleteResult(completion=prompts.completion(params))

    async def subscribe(context: Any, params: types.SubscribeRequestParams) -> types.EmptyResult:
        changes.of(context).uris.add(str(params.uri))
        return types.EmptyResult()

    async def unsubscribe(context: Any, params: types.UnsubscribeRequestParams) -> types.EmptyResult:
        changes.of(context).uris.discard(str(params.uri))
        return types.EmptyResult()

    async def set_level(context: Any, params: types.SetLevelRequestParams) -> types.EmptyResult:
        changes.of(context).level = params.level
        return types.EmptyResult()

    server = EverythingServer(
        name,
        version="1.2.3",
        title=f"Everything ({name})",
        instructions=f"{name} has everything.",
        get_tool_input_schema=lambda tool: tools.entries[tool].definition.input_schema if tool in tools.entries else None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_completion=complete,
        on_subscribe_resource=subscribe,
        on_unsubscribe_resource=unsubscribe,
        on_set_logging_level=set_level,
    )
    server.extensions = {"io.modelcontextprotocol/ui": {}, "example.org/unheard-of": {"depth": [1, {"two": 2}]}}
    server.middleware.append(changes.observe)
    jobs = Jobs(server, kept)
    server.add_request_handler(
        "subscriptions/listen",
        types.SubscriptionsListenRequestParams,
        Listening(changes.bus, jobs.statuses, jobs.jobs, max_subscriptions=10_000),
    )
    server.add_request_handler("example.org/mirror", Anything, mirror)
    return server
