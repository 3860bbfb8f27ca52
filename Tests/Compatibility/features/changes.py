"""What servers tell by themselves: changed lists, updated resources."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from mcp.client.subscriptions import ResourceUpdated, ToolsListChanged

from cells import same
from features import Outcome, feature

GROUP = "Changes"


@feature("resources/subscribe, updated, unsubscribe", GROUP, "legacy")
async def subscribed(cell: Any) -> None:
    uri = cell.uri(f"watched/{cell.label}")

    def ours(message: Any) -> bool:
        return isinstance(message, types.ResourceUpdatedNotification) and str(message.params.uri) == uri

    await cell.client.subscribe_resource(uri)
    cell.peer.notified.clear()
    await cell.text("touch", {"uri": uri})
    await cell.peer.until_notified(ours)
    await cell.client.unsubscribe_resource(uri)
    # While others subscribe too, a change may be told twice.
    cell.peer.notified.clear()
    await cell.text("touch", {"uri": uri})
    # Another resource's news comes after what must not come.
    other = cell.uri(f"watched/other-{cell.label}")
    await cell.client.subscribe_resource(other)
    await cell.text("touch", {"uri": other})
    await cell.peer.until_notified(lambda message: refuse(ours(message)) or is_of(message, other))
    await cell.client.unsubscribe_resource(other)


def refuse(wrong: bool) -> bool:
    assert not wrong, "told of a resource after unsubscribe"
    return False


def is_of(message: Any, uri: str) -> bool:
    return isinstance(message, types.ResourceUpdatedNotification) and str(message.params.uri) == uri


@feature("tools/list_changed", GROUP, "legacy")
async def told_of_tools(cell: Any) -> None:
    name = f"extra_{cell.label}"
    cell.peer.notified.clear()
    await cell.text("add_tool", {"name": name})
    await until_listed(cell, name, True, lambda: cell.peer.until_notified(is_tools))
    await cell.text("remove_tool", {"name": name})
    await until_listed(cell, name, False, lambda: cell.peer.until_notified(is_tools))


def is_tools(message: Any) -> bool:
    return isinstance(message, types.ToolListChangedNotification)


async def until_listed(cell: Any, name: str, present: bool, notified: Any) -> None:
    """Lists again after each notification: the one that was told last has the change, whoever made the others."""
    while True:
        await notified()
        if (cell.name(name) in {tool.name for tool in await cell.all("tools")}) == present:
            return


@feature("subscriptions/listen: updated resources", GROUP, "modern")
async def listens_to_resources(cell: Any) -> None:
    uri, other = cell.uri(f"watched/{cell.label}"), cell.uri(f"watched/other-{cell.label}")
    async with cell.client.listen(resource_subscriptions=[uri]) as subscription:
        same(subscription.honored.resource_subscriptions, [uri])
        await cell.text("touch", {"uri": other})
        await cell.text("touch", {"uri": uri})
        same(await anext(aiter(subscription)), ResourceUpdated(uri=uri))


@feature("subscriptions/listen: changed lists", GROUP, "modern")
async def listens_to_tools(cell: Any) -> Outcome | None:
    name = f"extra_{cell.label}"
    if cell.backend.name == "legacy-stdio":
        # Which process a call without a session gets is the gateway's to say; what all share stays listed.
        await cell.text("add_tool", {"name": name})
        assert cell.name("add_tool") in {tool.name for tool in await cell.all("tools")}
        await cell.text("remove_tool", {"name": name})
        return Outcome("differs", "a process of one's own")
    async with cell.client.listen(tools_list_changed=True) as subscription:
        same(subscription.honored.tools_list_changed, True)
        events = aiter(subscription)

        async def notified() -> None:
            assert isinstance(await anext(events), ToolsListChanged)

        await cell.text("add_tool", {"name": name})
        await until_listed(cell, name, True, notified)
        await cell.text("remove_tool", {"name": name})
        await until_listed(cell, name, False, notified)
    return None


@feature("subscriptions/listen: two at once", GROUP, "modern")
async def two_at_once(cell: Any) -> None:
    uris = [cell.uri(f"watched/{number}-{cell.label}") for number in (1, 2)]
    async with both(cell, uris) as (first, second):
        for uri in uris:
            await cell.text("touch", {"uri": uri})
        same(await anext(aiter(first)), ResourceUpdated(uri=uris[0]))
        same(await anext(aiter(second)), ResourceUpdated(uri=uris[1]))
        # Neither hears of the other's.
        with anyio.move_on_after(0):
            raise AssertionError(f"one too many: {await anext(aiter(first))}")


@asynccontextmanager
async def both(cell: Any, uris: list[str]) -> Any:
    async with (
        cell.client.listen(resource_subscriptions=uris[:1]) as first,
        cell.client.listen(resource_subscriptions=uris[1:]) as second,
    ):
        yield first, second
