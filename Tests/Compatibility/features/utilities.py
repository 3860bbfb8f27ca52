"""Progress, log messages, cancellation, ping, and what travels beside the arguments."""

from __future__ import annotations

from typing import Any

import anyio

from cells import JOINT, same
from clients import told
from features import Outcome, absent, feature

GROUP = "Utilities"
LOG_LEVEL = "io.modelcontextprotocol/logLevel"


async def ignore(*_: Any) -> None:
    """A progress callback: the recording has what was told, in its order."""


def of(messages: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    return [message["params"] for message in messages if message.get("method") == method]


@feature("progress, in order and before the answer", GROUP)
async def progress(cell: Any) -> Outcome | None:
    mark = len(cell.peer.recording.lines)
    same(await cell.text("progress", {"steps": 5}, progress_callback=ignore), "5 steps")
    messages = cell.peer.messages(mark)
    steps = of(messages, "notifications/progress")
    if cell.backend.transport == "json":
        return nothing(steps)
    same([(each["progress"], each["total"], each["message"]) for each in steps], [(n, 5, f"step {n}") for n in range(1, 6)])
    answer = max(number for number, message in enumerate(messages) if "result" in message)
    assert not of(messages[answer:], "notifications/progress"), "progress came after the answer"
    return None


def nothing(seen: list[Any]) -> Outcome:
    same(seen, [])
    return absent("nothing beside the answer")


@feature("no progress where none was asked for", GROUP)
async def no_progress(cell: Any) -> None:
    mark = len(cell.peer.recording.lines)
    await cell.text("progress", {"steps": 3})
    same(of(cell.peer.messages(mark), "notifications/progress"), [])


@feature("log messages: logging/setLevel", GROUP, "legacy")
async def log_level(cell: Any) -> Outcome | None:
    for level, expected in [("warning", ["warning", "error"]), ("debug", ["debug", "info", "warning", "error"])]:
        await cell.client.set_logging_level(level)
        mark = len(cell.peer.recording.lines)
        await cell.text("log")
        logged = of(cell.peer.messages(mark), "notifications/message")
        if cell.backend.transport == "json":
            return nothing(logged)
        due = [(at, {"at": at}, "tools") for at in expected]
        seen = [(each["level"], each["data"], each["logger"]) for each in logged]
        if shared(cell):
            assert all(each in due for each in seen), f"{level}: {seen}"
        else:
            same(seen, due)
    return Outcome("differs", "a log message names no call") if shared(cell) else None


@feature("log messages: the request's level", GROUP, "modern")
async def log_per_request(cell: Any) -> Outcome | None:
    for level, expected in [("warning", ["warning", "error"]), (None, []), ("debug", ["debug", "info", "warning", "error"])]:
        mark = len(cell.peer.recording.lines)
        await cell.text("log", meta={LOG_LEVEL: level} if level else None)
        logged = of(cell.peer.messages(mark), "notifications/message")
        if cell.backend.transport == "json":
            return nothing(logged)
        if shared(cell):
            assert set(each["level"] for each in logged) <= set(expected), f"{level}: {logged}"
        else:
            same([each["level"] for each in logged], expected)
    return Outcome("differs", "a log message names no call") if shared(cell) else None


def shared(cell: Any) -> bool:
    """Whether callers share the backend's process: then only some log messages can be told to a client, never another's."""
    return cell.backend.name == "modern-stdio"


@feature("cancellation by the client is seen by the server", GROUP)
async def cancelled(cell: Any) -> None:
    marker = f"wait-{cell.label}-{len(cell.peer.recording.lines)}"
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: cell.call("wait", {"marker": marker}, progress_callback=ignore))
        await cell.recall(f"{marker} began")
        group.cancel_scope.cancel()
    await cell.recall(f"{marker} cancelled")


@feature("ping", GROUP, "legacy")
async def ping(cell: Any) -> None:
    await cell.client.send_ping()


@feature("_meta and trace context, both ways", GROUP)
async def meta(cell: Any) -> None:
    sent = {
        "example.org/client": {"deep": [1, None, "größe"]},
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "vendor=1",
        "baggage": "user=ada",
    }
    result = await cell.call("whoami", meta=sent)
    seen = told(result)["meta"] or {}
    same({key: seen.get(key) for key in sent}, sent, "to the server")
    same((result.meta or {}).get("example.org/server"), [1, "two"], "to the client")


@feature("the server sees what its client can do", GROUP)
async def capabilities(cell: Any) -> None:
    seen = told(await cell.call("whoami"))["capabilities"] or {}
    expected = {"roots", "sampling"} | ({"elicitation"} if cell.peer.kind.has("elicitation") else set())
    same(set(seen) & {"roots", "sampling", "elicitation"}, expected)


@feature("the server sees an extension that its client has", GROUP, "modern")
async def client_extension(cell: Any) -> None:
    seen = told(await cell.call("whoami"))["capabilities"] or {}
    same((seen.get("extensions") or {}).get("example.org/client-side"), {"size": 3})


@feature("the server's own and unknown capabilities", GROUP)
async def unknown_capabilities(cell: Any) -> Outcome | None:
    declared = cell.client.server_capabilities
    if cell.backend.modern:
        if not cell.modern:
            return absent("no extensions")
        same((declared.extensions or {}).get("example.org/unheard-of"), {"depth": [1, {"two": 2}]})
    else:
        same((declared.experimental or {}).get("example.org/experiment"), {"on": True})
    return None


@feature("who the server is, and its instructions", GROUP)
async def identity(cell: Any) -> None:
    if cell.endpoint == JOINT:
        assert f"{cell.backend.name} has everything." in (cell.client.instructions or ""), "the instructions lack it"
        return
    same(cell.client.instructions, f"{cell.backend.name} has everything.")
    same((cell.client.server_info.name, cell.client.server_info.version), (cell.backend.name, "1.2.3"))
