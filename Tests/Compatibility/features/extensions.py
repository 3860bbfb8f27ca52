"""Tasks in both of their forms, and methods of extensions that nobody knows."""

from __future__ import annotations

from typing import Any

import anyio

from cells import OWN, error_of, same
from features import Outcome, absent, feature

GROUP = "Tasks and extensions"


@feature("tasks: begun, looked at, finished, cancelled", GROUP)
async def tasks(cell: Any) -> Outcome | None:
    if not cell.same_era:
        # Each era has its own, and a server begins one only for a client that can have it: this one gets its answer.
        same(await cell.text("job", {"text": cell.label}), f"done: {cell.label}")
        return absent("tasks of the other era")
    return await (modern_tasks(cell) if cell.modern else legacy_tasks(cell))


async def legacy_tasks(cell: Any) -> Outcome | None:
    if not cell.peer.kind.version >= "2025-11-25":
        same(await cell.text("job", {"text": cell.label}), f"done: {cell.label}")
        return absent("no tasks")
    begun = await begin(cell, task={"ttl": 60_000})
    identifier = begun["task"]["taskId"]
    same(begun["task"]["status"], "working")
    statuses = [(await cell.raw("tasks/get", {"taskId": identifier}))["status"] for _ in range(3)]
    same(statuses, ["working", "working", "completed"])
    result = await cell.raw("tasks/result", {"taskId": identifier})
    same(result["content"][0]["text"], f"done: {cell.label}")
    same(result["_meta"], {"io.modelcontextprotocol/related-task": {"taskId": identifier}})
    other = (await begin(cell, task={}))["task"]["taskId"]
    same((await cell.raw("tasks/cancel", {"taskId": other}))["status"], "cancelled")
    # Told of what became of them, on the session's own stream; the SDK gives such messages to nobody.
    while not {(identifier, "completed"), (other, "cancelled")} <= {
        (message["params"]["taskId"], message["params"]["status"])
        for message in cell.peer.messages()
        if message.get("method") == "notifications/tasks/status"
    }:
        await anyio.sleep(0.01)
    error = await error_of(cell.raw("tasks/get", {"taskId": "nobody's"}))
    same(error.code, -32602)
    return None


async def modern_tasks(cell: Any) -> None:
    begun = await begin(cell)
    same((begun["resultType"], begun["status"]), ("task", "working"))
    identifier = begun["taskId"]
    looks = [await cell.raw("tasks/get", {"taskId": identifier}, name=identifier) for _ in range(3)]
    same([look["status"] for look in looks], ["working", "working", "completed"])
    same(looks[-1]["result"]["content"][0]["text"], f"done: {cell.label}")
    other = (await begin(cell))["taskId"]
    await cell.raw("tasks/cancel", {"taskId": other}, name=other)
    same((await cell.raw("tasks/get", {"taskId": other}, name=other))["status"], "cancelled")
    error = await error_of(cell.raw("tasks/get", {"taskId": "nobody's"}, name="nobody's"))
    same(error.code, -32602)


async def begin(cell: Any, **more: Any) -> Any:
    name = cell.name("job")
    return await cell.raw("tools/call", {"name": name, "arguments": {"text": cell.label}, **more}, name=name)


@feature("a method of an unknown extension", GROUP)
async def unknown_method(cell: Any) -> Outcome | None:
    if cell.endpoint != OWN:
        # Nothing in it says whose it is, so that only the backend's own endpoint can have it.
        error = await error_of(cell.raw("example.org/mirror", {"shape": [1, {"deep": None}]}))
        same(error.code, -32601)
        return Outcome("differs", "a method that names no backend")
    result = await cell.raw("example.org/mirror", {"shape": [1, {"deep": None}], "name": "größe"})
    same(result["mirrored"], {"shape": [1, {"deep": None}], "name": "größe"})
    return None
