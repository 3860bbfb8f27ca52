"""Named clients of the official SDK, each living in its own task."""

from __future__ import annotations

import ssl
import sys
from contextlib import asynccontextmanager
from typing import Any, Callable

import anyio
import httpx2
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types.version import MODERN_PROTOCOL_VERSIONS


def plain(result: Any) -> Any:
    """A result as it stood on the wire, as far as the SDK keeps it."""
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


def problem(error: BaseException) -> dict[str, Any]:
    """An error as JSON; a group is told by its first leaf."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    told: dict[str, Any] = {"type": type(error).__name__, "message": str(error)}
    if isinstance(error, MCPError):
        told |= {"code": error.error.code, "message": error.error.message, "data": error.error.data}
    if isinstance(error, httpx2.HTTPStatusError):
        told["status"] = error.response.status_code
    return told


class WrongEra(Exception):
    pass


class Connections:
    """Clients by name. A client is entered and left in one task, as anyio's cancel scopes demand."""

    def __init__(self, emit: Callable[[Any], None]) -> None:
        self.emit = emit
        self.clients: dict[str, Client] = {}
        self.endings: dict[str, tuple[anyio.Event, anyio.Event]] = {}

    async def __aenter__(self) -> Connections:
        self.group = anyio.create_task_group()
        await self.group.__aenter__()
        return self

    async def __aexit__(self, *_: Any) -> None:
        for name in list(self.clients):
            await self.close(name)
        self.group.cancel_scope.cancel()
        await self.group.__aexit__(None, None, None)

    def __getitem__(self, name: str) -> Client:
        if name not in self.clients:
            raise KeyError(f"no client named {name} is connected")
        return self.clients[name]

    def describe(self, client: Client) -> dict[str, Any]:
        capabilities = client.server_capabilities
        discovered = client.session.discover_result
        return {
            "protocolVersion": client.protocol_version,
            "serverInfo": plain(client.server_info) if client.server_info else None,
            "capabilities": plain(capabilities) if capabilities else None,
            "instructions": client.instructions,
            "discover": plain(discovered) if discovered else None,
        }

    async def open(self, name: str, target: dict[str, Any]) -> dict[str, Any]:
        opened = anyio.Event()
        ending, ended = anyio.Event(), anyio.Event()
        failure: list[BaseException] = []

        async def live() -> None:
            try:
                async with connect(target, self.emit, name) as client:
                    self.clients[name] = client
                    opened.set()
                    await ending.wait()
            except Exception as error:
                failure.append(error)
                if opened.is_set() and not ending.is_set():
                    self.emit({"event": "closed", "client": name, "error": problem(error)})
            finally:
                self.clients.pop(name, None)
                opened.set()
                ended.set()

        self.endings[name] = (ending, ended)
        self.group.start_soon(live)
        await opened.wait()
        if failure:
            raise failure[0]
        return self.describe(self.clients[name])

    async def close(self, name: str) -> bool:
        if name not in self.endings:
            return False
        ending, ended = self.endings.pop(name)
        ending.set()
        await ended.wait()
        return True

    async def listen(self, name: str, command: dict[str, Any]) -> dict[str, Any]:
        """Opens a `subscriptions/listen` stream, whose events come as `{"event": "heard", "client", …}`; its end too."""
        client = self[name]
        opened = anyio.Event()
        honored: list[Any] = []
        failure: list[BaseException] = []

        async def hear() -> None:
            try:
                async with client.listen(
                    tools_list_changed=command.get("tools", False),
                    prompts_list_changed=command.get("prompts", False),
                    resources_list_changed=command.get("resources", False),
                    resource_subscriptions=command.get("uris") or (),
                ) as subscription:
                    honored.append(plain(subscription.honored))
                    opened.set()
                    async for event in subscription:
                        uri = getattr(event, "uri", None)
                        self.emit({"event": "heard", "client": name, "what": type(event).__name__} | ({"uri": uri} if uri else {}))
                self.emit({"event": "heard", "client": name, "what": "end"})
            except Exception as error:
                failure.append(error)
                if opened.is_set():
                    self.emit({"event": "heard", "client": name, "what": "lost"})
            finally:
                opened.set()

        self.group.start_soon(hear)
        await opened.wait()
        if failure and not honored:
            raise failure[0]
        return honored[0]

    async def flood(self, command: dict[str, Any]) -> dict[str, Any]:
        """Many clients at once, each calling a tool that echoes: `clients` × `calls`, `width` connecting at a time.

        SDK clients number their requests alike, so all use the same JSON-RPC ids at the same moment. Every client
        is connected before the first one calls. The answer counts right, wrong and failed calls.
        """
        count, calls = command["clients"], command.get("calls", 1)
        keys = command.get("keys") or [command.get("key")]
        modes = command.get("modes") or [command.get("mode", "auto")]
        tool = command["name"]
        gate = anyio.Semaphore(command.get("width", 64))
        ready, start = 0, anyio.Event()
        right, wrong, failed = 0, [], []

        async def one(number: int) -> None:
            nonlocal ready, right
            target = {"url": command["url"], "key": keys[number % len(keys)], "mode": modes[number % len(modes)]}
            arrived = False
            try:
                await gate.acquire()
                try:
                    context = connect(target, None, str(number))
                    client = await context.__aenter__()
                finally:
                    gate.release()
                try:
                    ready, arrived = ready + 1, True
                    if ready == count:
                        start.set()
                    await start.wait()
                    for call in range(calls):
                        text = f"client {number} call {call}"
                        result = await client.call_tool(tool, {"text": text})
                        seen = result.content[0].text if result.content else None
                        if seen == text:
                            right += 1
                        else:
                            wrong.append({"sent": text, "seen": seen})
                finally:
                    await context.__aexit__(None, None, None)
            except Exception as error:
                failed.append({"client": number, **problem(error)})
                if not arrived:
                    ready += 1
                    if ready == count:
                        start.set()

        with anyio.fail_after(command.get("timeout", 300)):
            async with anyio.create_task_group() as group:
                for number in range(count):
                    group.start_soon(one, number)
        return {"right": right, "wrong": wrong[:20], "failed": failed[:20], "failures": len(failed)}


_TLS = None


def tls_context() -> ssl.SSLContext:
    """One for all clients: making it reads the whole certificate bundle."""
    global _TLS
    if _TLS is None:
        _TLS = ssl.create_default_context()
    return _TLS


@asynccontextmanager
async def connect(target: dict[str, Any], emit: Callable[[Any], None] | None, name: str) -> Any:
    """A connected client; `modern` fails where the server turned out to be legacy."""
    mode = target.get("mode") or "auto"

    async def on_log(parameters: types.LoggingMessageNotificationParams) -> None:
        if emit is not None:
            emit({"event": "log", "client": name, **plain(parameters)})

    async def on_message(message: Any) -> None:
        if emit is None or isinstance(message, Exception):
            return
        if isinstance(message, (types.LoggingMessageNotification, types.ProgressNotification)):
            return
        method = getattr(message, "method", None)
        if method is not None:
            uri = getattr(getattr(message, "params", None), "uri", None)
            emit({"event": "message", "client": name, "method": method} | ({"uri": str(uri)} if uri else {}))

    options: dict[str, Any] = {
        "mode": "2026-07-28" if mode == "pinned" else "auto" if mode == "modern" else mode,
        "logging_callback": on_log,
        "message_handler": on_message,
        "client_info": types.Implementation(name=target.get("clientName") or "peer-client", version="1.0.0"),
        "log_level": target.get("logLevel"),
        **answering(target.get("answers") or {}, emit, name),
    }
    if target.get("stdio"):
        words = target["stdio"]
        server = StdioServerParameters(command=words[0], args=words[1:], env=target.get("env"))
        async with Client(stdio_client(server, errlog=sys.stderr), **options) as client:
            check(client, mode)
            yield client
        return
    headers = dict(target.get("headers") or {})
    if target.get("key"):
        headers["Authorization"] = f"Bearer {target['key']}"
    timeout = httpx2.Timeout(30, read=300)
    async with httpx2.AsyncClient(headers=headers, timeout=timeout, verify=tls_context(), trust_env=False) as http:
        async with Client(streamable_http_client(target["url"], http_client=http), **options) as client:
            check(client, mode)
            yield client


def answering(answers: dict[str, Any], emit: Callable[[Any], None] | None, name: str) -> dict[str, Any]:
    """Callbacks for what the client can be asked: elicitation if there is a `form` or `url`, `sample`, `roots`.

    A form is answered with that object, or with the action that a string is; a sample with the text and roots with the
    URIs that are given. Each question is told as `{"event": "asked", "kind", "message"}`.
    """

    def told(kind: str, message: str) -> None:
        if emit is not None:
            emit({"event": "asked", "client": name, "kind": kind, "message": message})

    async def elicit(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        kind = "url" if isinstance(params, types.ElicitRequestURLParams) else "form"
        told(kind, params.message)
        answer = answers.get(kind, "decline")
        if isinstance(answer, str):
            return types.ElicitResult(action=answer)
        return types.ElicitResult(action="accept", content=answer)

    async def sample(context: Any, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        first = params.messages[0].content
        told("sample", (first[0] if isinstance(first, list) else first).text)
        content = types.TextContent(type="text", text=answers["sample"])
        return types.CreateMessageResult(role="assistant", content=content, model="peer")

    async def roots(context: Any) -> types.ListRootsResult:
        told("roots", "")
        return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in answers["roots"]])

    callbacks: dict[str, Any] = {}
    if "form" in answers or "url" in answers:
        callbacks["elicitation_callback"] = elicit
    if "sample" in answers:
        callbacks["sampling_callback"] = sample
    if "roots" in answers:
        callbacks["list_roots_callback"] = roots
    return callbacks


def check(client: Client, mode: str) -> None:
    modern = client.protocol_version in MODERN_PROTOCOL_VERSIONS
    if modern != (mode != "legacy") and mode != "auto":
        raise WrongEra(f"asked for {mode}, the server speaks {client.protocol_version}")
