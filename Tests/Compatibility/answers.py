"""How a client answers what servers ask, set anew for each check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import mcp_types as types

Answer = Callable[[Any], Awaitable[Any]]


class Answers:
    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.cancelled = anyio.Event()
        self.reset()

    def reset(self) -> None:
        self.asked.clear()
        self.cancelled = anyio.Event()
        self.on_elicit: Answer = self.accept({"colour": "blue"})

    @staticmethod
    def accept(content: dict[str, Any] | None) -> Answer:
        async def answer(params: Any) -> types.ElicitResult:
            return types.ElicitResult(action="accept", content=content)

        return answer

    @staticmethod
    def act(action: Any) -> Answer:
        async def answer(params: Any) -> types.ElicitResult:
            return types.ElicitResult(action=action)

        return answer

    async def never(self, params: Any) -> types.ElicitResult:
        """Answers never, and remembers that the question was taken back."""
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            self.cancelled.set()
            raise
        raise AssertionError("unreachable")

    async def elicit(self, context: Any, params: Any) -> Any:
        self.asked.append(params)
        return await self.on_elicit(params)

    async def sample(self, context: Any, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        self.asked.append(params)
        block = params.messages[0].content
        text = types.TextContent(type="text", text=f"echo of {getattr(block, 'text', '?')}")
        return types.CreateMessageResult(role="assistant", content=text, model="a-model", stop_reason="endTurn")

    async def roots(self, context: Any) -> types.ListRootsResult:
        self.asked.append("roots")
        places = ["file:///srv/project", "file:///srv/gr%C3%B6%C3%9Fe"]
        return types.ListRootsResult(roots=[types.Root(uri=place, name=place[-6:]) for place in places])
