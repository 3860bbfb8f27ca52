"""The official SDK's client as a program, for people and for tests.

    client.py --url URL [--key KEY] [--mode auto|modern|legacy|pinned] list
    client.py --stdio COMMAND ARG… -- call NAME JSON        (`--` ends the server's command)
    client.py --url URL read URI | prompt NAME JSON | complete prompt:NAME|URI-TEMPLATE ARGUMENT VALUE
    client.py script                                        (JSON lines in, JSON lines out)

The key is read from MCP_KEY when --key is not given, so that it need not stand in argv.

A script's line is a command: `{"id": 1, "do": "call", "client": "a", "name": "echo", "arguments": {…}}`.
Each is answered by one line, `{"id": 1, "ok": …}` or `{"id": 1, "error": {"type", "code", "message", "data"}}`;
commands run concurrently unless the script waits for answers. What a server sends by itself comes as
`{"event": "progress"|"log"|"message"|"asked"|"heard", …}`. `{"do": "connect", "client": "a", "url": …}` opens a client; every
other command names it (the default is "main").
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import AsyncExitStack
from typing import Any

import anyio
import mcp_types as types

from connections import Connections, plain, problem


async def perform(connections: Connections, command: dict[str, Any], emit: Any) -> Any:
    """Runs one command and gives its result as plain JSON values."""
    what = command["do"]
    name = command.get("client", "main")
    if what == "connect":
        return await connections.open(name, command)
    if what == "close":
        return await connections.close(name)
    if what == "flood":
        return await connections.flood(command)
    if what == "listen":
        return await connections.listen(name, command)
    client = connections[name]
    match what:
        case "info":
            return connections.describe(client)
        case "list":
            return {
                "tools": plain(await client.list_tools(cache_mode="bypass"))["tools"],
                "prompts": plain(await client.list_prompts(cache_mode="bypass"))["prompts"],
                "resources": plain(await client.list_resources(cache_mode="bypass"))["resources"],
                "resourceTemplates": plain(await client.list_resource_templates(cache_mode="bypass"))[
                    "resourceTemplates"
                ],
            }
        case "tools":
            return plain(await client.list_tools(cursor=command.get("cursor"), cache_mode="bypass"))
        case "prompts":
            return plain(await client.list_prompts(cursor=command.get("cursor"), cache_mode="bypass"))
        case "resources":
            return plain(await client.list_resources(cursor=command.get("cursor"), cache_mode="bypass"))
        case "templates":
            return plain(await client.list_resource_templates(cursor=command.get("cursor"), cache_mode="bypass"))
        case "call":

            async def report(progress: float, total: float | None, message: str | None) -> None:
                emit({"event": "progress", "id": command.get("id"), "progress": progress, "total": total, "message": message})

            return plain(
                await client.call_tool(
                    command["name"],
                    command.get("arguments") or {},
                    read_timeout_seconds=command.get("timeout"),
                    progress_callback=report if command.get("progress", True) else None,
                    meta=command.get("meta"),
                )
            )
        case "read":
            return plain(await client.read_resource(command["uri"], cache_mode="bypass"))
        case "prompt":
            return plain(await client.get_prompt(command["name"], command.get("arguments") or {}))
        case "complete":
            reference: Any
            if "prompt" in command:
                reference = types.PromptReference(type="ref/prompt", name=command["prompt"])
            else:
                reference = types.ResourceTemplateReference(type="ref/resource", uri=command["template"])
            argument = {"name": command["argument"], "value": command.get("value", "")}
            return plain(await client.complete(reference, argument, command.get("context")))
        case "subscribe":
            return plain(await client.subscribe_resource(command["uri"]))
        case "unsubscribe":
            return plain(await client.unsubscribe_resource(command["uri"]))
        case "ping":
            return plain(await client.send_ping())
        case "level":
            return plain(await client.set_logging_level(command["level"]))
        case _:
            raise ValueError(f"no such command: {what}")


def write(value: Any) -> None:
    sys.stdout.write(json.dumps(value, separators=(",", ":")) + "\n")
    sys.stdout.flush()


async def run_script(connections: Connections) -> None:
    calls: dict[Any, anyio.CancelScope] = {}

    async def one(command: dict[str, Any]) -> None:
        identifier = command.get("id")
        with anyio.CancelScope() as scope:
            calls[identifier] = scope
            try:
                write({"id": identifier, "ok": await perform(connections, command, write)})
            except Exception as error:
                write({"id": identifier, "error": problem(error)})
        calls.pop(identifier, None)
        if scope.cancelled_caught:
            write({"id": identifier, "error": {"type": "Cancelled", "message": "cancelled by the script"}})

    lines = anyio.wrap_file(sys.stdin)
    async with anyio.create_task_group() as group:
        async for line in lines:
            if not line.strip():
                continue
            command = json.loads(line)
            if command["do"] == "cancel":
                if (scope := calls.get(command["call"])) is not None:
                    scope.cancel()
                write({"id": command.get("id"), "ok": scope is not None})
            else:
                group.start_soon(one, command)
        group.cancel_scope.cancel()


def command_of(options: argparse.Namespace) -> dict[str, Any]:
    arguments = options.words
    match options.verb:
        case "call" | "prompt":
            return {"do": options.verb, "name": arguments[0], "arguments": json.loads(arguments[1]) if arguments[1:] else {}}
        case "read":
            return {"do": "read", "uri": arguments[0]}
        case "complete":
            reference = arguments[0]
            key = {"prompt": reference.removeprefix("prompt:")} if reference.startswith("prompt:") else {"template": reference}
            return {"do": "complete", **key, "argument": arguments[1], "value": arguments[2] if arguments[2:] else ""}
        case verb:
            return {"do": verb}


async def run(options: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        connections = await stack.enter_async_context(Connections(write))
        if options.url or options.stdio:
            target = {"url": options.url, "stdio": options.stdio, "key": options.key, "mode": options.mode}
            try:
                await connections.open("main", target)
            except Exception as error:
                write({"error": problem(error)})
                return 1
        if options.verb == "script":
            await run_script(connections)
            return 0
        try:
            write(await perform(connections, command_of(options), write))
        except Exception as error:
            write({"error": problem(error)})
            return 1
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url")
    parser.add_argument("--key", default=os.environ.get("MCP_KEY"))
    parser.add_argument("--mode", choices=["auto", "modern", "legacy", "pinned"], default="auto")
    parser.add_argument("--stdio", nargs="+", metavar="WORD", help="the server's command; `--` ends it")
    verbs = ["info", "list", "tools", "prompts", "resources", "templates", "call", "read", "prompt", "complete", "script"]
    words = sys.argv[1:]
    # argparse cannot end a nargs="+" option by `--` when positionals follow; split by hand.
    server: list[str] = []
    if "--stdio" in words:
        start = words.index("--stdio")
        end = words.index("--", start) if "--" in words[start:] else len(words)
        server, words = words[start + 1 : end], words[:start] + words[end + 1 :]
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args(words)
    options.stdio = server
    sys.exit(anyio.run(run, options))


if __name__ == "__main__":
    main()
