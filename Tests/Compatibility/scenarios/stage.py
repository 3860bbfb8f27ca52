"""The servers and gateways at which the scenarios are acted."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from gateway import KEY, Gateway
from processes import Program
from scenarios import Scenario
from scenarios.contents import NAME
from scenarios.conversation import LegacyConversation, ModernConversation
from wire.client import WireClient

Target = tuple[str, str | None]
"""URL and key."""

HERE = Path(__file__).resolve().parent.parent
ERAS = ["both", "legacy", "modern"]


class Stage:
    """Three everything-servers, and a gateway before each, whose only backend it is."""

    def __init__(self, binary: str, directory: Path) -> None:
        self.binary, self.directory = binary, directory
        self.urls: dict[str, str] = {}
        self.gateways: dict[str, Gateway] = {}
        self.stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        await asyncio.gather(*(self.start(era) for era in ERAS))
        return self

    async def start(self, era: str) -> None:
        command = [sys.executable, str(HERE / "everything"), "--name", NAME, "--era", era, "--resumable", "--check-host"]
        program = await Program.start(command)
        self.stack.push_async_callback(program.stop)
        self.urls[era] = await program.line()
        place = self.directory / era
        place.mkdir()
        gateway = Gateway(self.binary, place)
        await gateway.start({NAME: {"url": self.urls[era], "prefix": ""}})
        self.stack.push_async_callback(gateway.stop)
        self.gateways[era] = gateway
        await gateway.settled()

    async def __aexit__(self, *failure: Any) -> None:
        await self.stack.aclose()

    def targets(self, era: str) -> list[Target]:
        """Directly; through the gateway; through that before a server of the other era alone."""
        same, other = self.gateways["both"].url, self.gateways["modern" if era == "legacy" else "legacy"].url
        return [(self.urls["both"], None), *((url, KEY) for url in [f"{same}/{NAME}", same, f"{other}/{NAME}", other])]


async def act(scenario: Scenario, target: Target) -> str:
    """Acts it in a conversation of its own; empty if all was as it should be, else what was not."""
    wire = WireClient(*target)
    talk = (ModernConversation if scenario.era == "modern" else LegacyConversation)(wire)
    try:
        async with asyncio.timeout(15):
            await talk.open()
            await scenario.check(talk)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        await wire.aclose()
    return ""
