"""Tasks: those of 2025-11-25, and the extension of 2026-07-28. Both work on the same jobs.

The SDK serves neither, so that the methods are added by hand, and the answer to the call by a middleware. Jobs are
numbered from 1 in each server, so that those of two servers have the same ids.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

import questions
from statuses import EXTENSION, REQUIRED, Statuses, declared
from tools import Tools, arguments, text

MOMENT = "2026-07-28T12:00:00Z"


QUESTION = questions.form("Which colour?").model_dump(mode="json", by_alias=True, exclude_none=True)


class TaskParams(types.RequestParams):
    task_id: str


@dataclass
class Job:
    """Finished at the third look, unless it was cancelled."""

    id: str
    text: str
    looks: int = 0
    cancelled: bool = False
    asks: bool = False
    answer: str = ""

    @property
    def status(self) -> str:
        if self.cancelled:
            return "cancelled"
        if self.asks and not self.answer:
            return "input_required"
        return "completed" if self.looks >= 3 else "working"

    @property
    def result(self) -> dict[str, Any]:
        return {"content": [{"type": "text", "text": f"done: {self.text}{self.answer}"}]}

    def legacy(self) -> dict[str, Any]:
        return {**self.common(), "ttl": 60_000, "pollInterval": 10}

    def modern(self) -> dict[str, Any]:
        state: dict[str, Any] = {}
        if self.status == "completed":
            state["result"] = {**self.result, "resultType": "complete"}
        if self.status == "input_required":
            state["inputRequests"] = {"colour": QUESTION}
        return {**self.common(), "ttlMs": 60_000, "pollIntervalMs": 10, **state}

    def common(self) -> dict[str, Any]:
        return {"taskId": self.id, "status": self.status, "createdAt": MOMENT, "lastUpdatedAt": MOMENT}


def only_legacy(context: Any) -> None:
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        raise MCPError(types.METHOD_NOT_FOUND, "Method not found")


class Jobs:
    def __init__(self, server: Any, tools: Tools) -> None:
        self.jobs: dict[str, Job] = {}
        self.statuses = Statuses()
        self.numbers = itertools.count(1)
        execution = types.ToolExecution(task_support="optional")

        @tools.tool("job", arguments(text="string"), "A task, where the client can have one.", execution=execution)
        async def job(call: Any) -> Any:
            return text(f"done: {call.arguments['text']}")

        @tools.tool("asking_job", arguments(text="string"), "A task that asks its client.", execution=execution)
        async def asking_job(call: Any) -> Any:
            raise AssertionError("only as a task")

        if server is None:
            return
        server.extensions[EXTENSION] = {}
        server.middleware.append(self.begin)
        for method, handler in [
            ("tasks/get", self.get),
            ("tasks/result", self.result),
            ("tasks/list", self.list),
            ("tasks/update", self.update),
            ("tasks/cancel", self.cancel),
        ]:
            params = types.PaginatedRequestParams if method == "tasks/list" else TaskParams
            server.add_request_handler(method, params, handler)

    async def begin(self, context: Any, call_next: Any) -> Any:
        """Answers the call of a job with a task, where the client asked for one or can have one."""
        params = context.params or {}
        if context.method != "tools/call" or params.get("name") not in ("job", "asking_job"):
            return await call_next(context)
        asks = params["name"] == "asking_job"
        modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        wanted = declared(context) if modern else "task" in params
        if not wanted and asks:
            raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "tasks are required", REQUIRED)
        if not wanted:
            return await call_next(context)
        job = Job(f"job-{next(self.numbers)}", params["arguments"]["text"], asks=asks)
        self.jobs[job.id] = job
        if not modern:
            self.statuses.makers[job.id] = context.session
        return {"resultType": "task", **job.modern()} if modern else {"task": job.legacy()}

    def find(self, params: TaskParams) -> Job:
        if params.task_id not in self.jobs:
            raise MCPError(types.INVALID_PARAMS, f"Unknown task: {params.task_id}")
        return self.jobs[params.task_id]

    async def get(self, context: Any, params: TaskParams) -> dict[str, Any]:
        job = self.find(params)
        before = job.status
        job.looks += 1
        if job.status != before:
            await self.statuses.tell(job)
        return job.modern() if context.protocol_version in MODERN_PROTOCOL_VERSIONS else job.legacy()

    async def result(self, context: Any, params: TaskParams) -> dict[str, Any]:
        only_legacy(context)
        job = self.find(params)
        return {**job.result, "_meta": {"io.modelcontextprotocol/related-task": {"taskId": job.id}}}

    async def list(self, context: Any, params: Any) -> dict[str, Any]:
        only_legacy(context)
        return {"tasks": [job.legacy() for job in self.jobs.values()]}

    async def update(self, context: Any, params: TaskParams) -> dict[str, Any]:
        """Answers of the client to what a job asked; unknown ones are ignored."""
        answers = (context.params or {}).get("inputResponses") or {}
        if "colour" in answers:
            job = self.find(params)
            job.answer = f" in {answers['colour']['content']['colour']}"
            await self.statuses.tell(job)
        return {}

    async def cancel(self, context: Any, params: TaskParams) -> dict[str, Any]:
        job = self.find(params)
        job.cancelled = True
        await self.statuses.tell(job)
        return {} if context.protocol_version in MODERN_PROTOCOL_VERSIONS else job.legacy()
