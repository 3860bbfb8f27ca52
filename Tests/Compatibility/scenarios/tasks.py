"""The tasks extension of 2026-07-28 (SEP-2663)."""

from __future__ import annotations

from typing import Any

from scenarios import scenario
from scenarios.conversation import CAPABILITIES, META, MODERN, same

JOB = {"name": "job", "arguments": {"text": "work"}}
OTHER_TASKS = "tasks of the legacy era are others"
WITH_TASKS = {**CAPABILITIES, "extensions": {"io.modelcontextprotocol/tasks": {}}}


async def begun(talk: Any) -> dict[str, Any]:
    talk.capabilities = WITH_TASKS
    return (await talk.once("tools/call", JOB)).last["result"]


@scenario("tasks-capability-negotiation", "modern", alone=OTHER_TASKS)
async def negotiation(talk: Any) -> None:
    assert "io.modelcontextprotocol/tasks" in (await talk.request("server/discover"))["capabilities"]["extensions"]
    same((await talk.once("tools/call", JOB)).last["result"]["resultType"], "complete", "without the capability")
    same((await begun(talk))["resultType"], "task")


@scenario("tasks-lifecycle", "modern", alone=OTHER_TASKS)
async def lifecycle(talk: Any) -> None:
    task = (await begun(talk))["taskId"]
    statuses = [(await talk.request("tasks/get", {"taskId": task}))["status"] for _ in range(3)]
    same(statuses, ["working", "working", "completed"])
    other = (await begun(talk))["taskId"]
    await talk.request("tasks/cancel", {"taskId": other})
    same((await talk.request("tasks/get", {"taskId": other}))["status"], "cancelled")


@scenario("tasks-wire-fields", "modern", alone=OTHER_TASKS)
async def fields(talk: Any) -> None:
    task = await begun(talk)
    assert {"taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs", "pollIntervalMs"} <= set(task), f"{set(task)}"
    assert "ttl" not in task and "requestState" not in task, f"{set(task)}"


@scenario("tasks-dispatch-and-envelope", "modern", alone=OTHER_TASKS)
async def dispatch(talk: Any) -> None:
    talk.capabilities = WITH_TASKS
    refused = await talk.refusal("tasks/get", {"taskId": "nobody's"})
    same(refused.code, -32602)
    refused = await talk.refusal("tasks/list")
    same(refused.code, -32601, "tasks/list, which the extension does not have")


@scenario("tasks-request-headers", "modern", alone=OTHER_TASKS)
async def headers(talk: Any) -> None:
    task = (await begun(talk))["taskId"]
    message = talk.message("tasks/get", {"taskId": task})
    wrong = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tasks/cancel", "Mcp-Name": task}
    answer = await talk.wire.post(message, wrong)
    same((answer.status, answer.error["code"]), (400, -32020))


@scenario("tasks-request-state-removal", "modern", alone=OTHER_TASKS)
async def no_state(talk: Any) -> None:
    task = await begun(talk)
    looks = [task, *[await talk.request("tasks/get", {"taskId": task["taskId"]}) for _ in range(3)]]
    same(["requestState" in look for look in looks], [False] * 4)


@scenario("tasks-mrtr-input", "modern", alone=OTHER_TASKS)
async def asking(talk: Any) -> None:
    """A task asks in what tasks/get tells; the answer goes by tasks/update, and wrong ones are ignored."""
    talk.capabilities = WITH_TASKS
    task = (await talk.once("tools/call", {"name": "asking_job", "arguments": {"text": "painted"}})).last["result"]["taskId"]
    look = await talk.request("tasks/get", {"taskId": task})
    same((look["status"], look["inputRequests"]["colour"]["method"]), ("input_required", "elicitation/create"))
    await talk.request("tasks/update", {"taskId": task, "inputResponses": {"nobody_asked": {"action": "accept"}}})
    same((await talk.request("tasks/get", {"taskId": task}))["status"], "input_required")
    answer = {"action": "accept", "content": {"colour": "blue"}}
    await talk.request("tasks/update", {"taskId": task, "inputResponses": {"colour": answer}})
    look = await talk.request("tasks/get", {"taskId": task})
    same((look["status"], look["result"]["content"][0]["text"]), ("completed", "done: painted in blue"))


@scenario("tasks-status-notifications", "modern", alone=OTHER_TASKS)
async def told(talk: Any) -> None:
    """Told of the tasks that it listens to, each with the whole state; of no other, and not without the extension."""
    task, other = (await begun(talk))["taskId"], (await begun(talk))["taskId"]
    filter = {"taskIds": [task, "nobody's"]}
    message = talk.message("subscriptions/listen", {"notifications": filter})
    async with talk.wire.stream("POST", talk.headers("subscriptions/listen", {}), message) as (_, events):
        first = (await anext(events)).message
        same(first["params"]["notifications"], {"taskIds": [task]}, "what is acknowledged")
        await talk.request("tasks/cancel", {"taskId": other})
        for _ in range(3):
            look = await talk.request("tasks/get", {"taskId": task})
        note = (await anext(events)).message
        same(note["method"], "notifications/tasks")
        same(note["params"].pop("_meta")[META + "subscriptionId"], message["id"])
        same({**note["params"], "resultType": "complete"}, {key: value for key, value in look.items() if key != "_meta"})
    talk.capabilities = CAPABILITIES
    answer = await talk.once("subscriptions/listen", {"notifications": filter})
    same((answer.status, answer.error["code"]), (400, -32021))


@scenario("tasks-required-task-error", "modern", alone=OTHER_TASKS)
async def required(talk: Any) -> None:
    answer = await talk.once("tools/call", {"name": "asking_job", "arguments": {"text": "x"}})
    same((answer.status, answer.error["code"]), (400, -32021))
    same(answer.error["data"]["requiredCapabilities"], {"extensions": {"io.modelcontextprotocol/tasks": {}}})
