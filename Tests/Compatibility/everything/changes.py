"""What the server tells by itself: changed lists and updated resources, to whoever asked for it in its era."""

from __future__ import annotations

from typing import Any

from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    PromptsListChanged,
    ResourcesListChanged,
    ResourceUpdated,
    ToolsListChanged,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

EVENTS = {"tools": ToolsListChanged, "prompts": PromptsListChanged, "resources": ResourcesListChanged}
LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]


class Listener:
    """A legacy session: what it subscribed to, and the least severe log message that it wants."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.uris: set[str] = set()
        self.level = "info"

    def wants(self, level: str) -> bool:
        return LEVELS.index(level) >= LEVELS.index(self.level)


class Changes:
    def __init__(self) -> None:
        self.bus = InMemorySubscriptionBus()
        self.listeners: dict[Any, Listener] = {}

    async def observe(self, context: Any, call_next: Any) -> Any:
        """SDK middleware: knows each legacy session from its first message until it is closed."""
        if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            self.of(context)
        return await call_next(context)

    def of(self, context: Any) -> Listener:
        connection = context.session._connection
        if connection not in self.listeners:
            self.listeners[connection] = Listener(context.session)
            connection.exit_stack.callback(self.listeners.pop, connection, None)
        return self.listeners[connection]

    async def list_changed(self, kind: str) -> None:
        await self.bus.publish(EVENTS[kind]())
        for listener in list(self.listeners.values()):
            send = {
                "tools": listener.session.send_tool_list_changed,
                "prompts": listener.session.send_prompt_list_changed,
                "resources": listener.session.send_resource_list_changed,
            }[kind]
            await send()

    async def updated(self, uri: str) -> None:
        await self.bus.publish(ResourceUpdated(uri=uri))
        for listener in list(self.listeners.values()):
            if uri in listener.uris:
                await listener.session.send_resource_updated(uri)
