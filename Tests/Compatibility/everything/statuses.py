"""What is told of tasks unasked: to a legacy session of its own, to a modern client of those that it listens to."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import mcp_types as types
from mcp import MCPError
from mcp.server.subscriptions import SUBSCRIPTION_ID_META_KEY, ListenHandler

EXTENSION = "io.modelcontextprotocol/tasks"
REQUIRED = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}


class TaskNotification(types.Notification[dict[str, Any], Literal["notifications/tasks"]]):
    method: Literal["notifications/tasks"] = "notifications/tasks"


def declared(context: Any) -> bool:
    """Whether the client of a modern request has the extension."""
    capabilities = context.session.client_capabilities
    return EXTENSION in ((capabilities.extensions if capabilities else None) or {})


class Granting:
    """A session whose acknowledgement says of which tasks it tells; the SDK's handler knows of none."""

    def __init__(self, session: Any, ids: list[str]) -> None:
        self.session = session
        self.ids = ids

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    async def send_notification(self, notification: Any, **more: Any) -> None:
        if self.ids and isinstance(notification, types.SubscriptionsAcknowledgedNotification):
            notification.params.notifications.taskIds = self.ids
        await self.session.send_notification(notification, **more)


class Statuses:
    def __init__(self) -> None:
        self.makers: dict[str, Any] = {}
        """The legacy session that each task was made in."""
        self.listening: list[tuple[Any, list[str]]] = []

    async def tell(self, job: Any) -> None:
        if (session := self.makers.get(job.id)) is not None:
            await session.send_notification(types.TaskStatusNotification(params=types.TaskStatusNotificationParams(**job.legacy())))
        for context, ids in list(self.listening):
            if job.id in ids:
                meta = {SUBSCRIPTION_ID_META_KEY: context.request_id}
                note = TaskNotification(params={**job.modern(), "_meta": meta})
                await context.session.send_notification(note, related_request_id=context.request_id)

    @contextmanager
    def told(self, context: Any, ids: list[str]) -> Any:
        entry = (context, ids)
        self.listening.append(entry)
        try:
            yield
        finally:
            self.listening.remove(entry)


class Listening(ListenHandler):
    def __init__(self, bus: Any, statuses: Statuses, known: dict[str, Any], **more: Any) -> None:
        super().__init__(bus, **more)
        self.statuses = statuses
        self.known = known

    async def __call__(self, ctx: Any, params: Any) -> Any:
        wanted = (params.notifications.model_extra or {}).get("taskIds") or []
        if wanted and not declared(ctx):
            raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "tasks are an extension", REQUIRED)
        ids = [each for each in wanted if each in self.known]
        with self.statuses.told(ctx, ids):
            return await super().__call__(replace(ctx, session=Granting(ctx.session, ids)), params)
