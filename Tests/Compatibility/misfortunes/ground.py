"""One gateway for all of them: two good backends, two bad ones over HTTP, and children that do wrong."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from gateway import KEY, Gateway
from misfortunes.misdeeds import TOOLS, misdeed
from processes import Program
from scenarios import stub
from scenarios.conversation import LegacyConversation, ModernConversation
from scenarios.stub import Stub
from wire.client import WireClient

HERE = Path(__file__).resolve().parent.parent
CHILD = HERE.parent / "Peers" / "child.py"
CHILD_TOOLS = ["die", "freeze", "hang", "huge", "nameless", "noise", "seen", "shout"]
ERAS = ["legacy", "modern"]
CONVERSATIONS = {"legacy": LegacyConversation, "modern": ModernConversation}
# So short that a test can wait for it; a bad backend is not paused, for it is to do more wrong.
SETTINGS = {"bridge": {"parkedTime": "2s"}, "limits": {"streamsPerPrincipal": 5000}}
IMPATIENT = {"timeout": "2s", "breaker": {"failures": 0}}


class Ground:
    def __init__(self, binary: str, directory: Path) -> None:
        self.gateway = Gateway(binary, directory)
        self.stack = AsyncExitStack()
        self.stubs: dict[str, Stub] = {}
        self.at_rest: dict[str, int] = {}

    async def __aenter__(self) -> Ground:
        configuration: dict[str, Any] = {}
        for era in ERAS:
            command = [sys.executable, str(HERE / "everything"), "--name", f"good-{era}", "--era", era]
            program = await Program.start(command)
            self.stack.push_async_callback(program.stop)
            configuration[f"good-{era}"] = {"url": await program.line()}
            script = (stub.legacy if era == "legacy" else stub.modern)(TOOLS, misdeed)
            self.stubs[era] = await self.stack.enter_async_context(Stub(script))
            configuration[f"bad-{era}"] = {"url": self.stubs[era].url, **IMPATIENT}
            words = [str(CHILD), "--era", era, "--tools", *CHILD_TOOLS]
            configuration[f"child-{era}"] = {"command": sys.executable, "args": words, **IMPATIENT}
        await self.gateway.start(configuration, SETTINGS)
        self.stack.push_async_callback(self.gateway.stop)
        await self.gateway.settled()
        await self.others_are_served()
        self.at_rest = await self.counts()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self.stack.aclose()

    @asynccontextmanager
    async def talk(self, era: str, backend: str) -> Any:
        """A client of that era, which calls that backend's tools; it takes its leave."""
        wire = WireClient(self.gateway.url, KEY)
        talk = CONVERSATIONS[era](wire)
        talk.prefix = f"{backend}__"
        try:
            await talk.open()
            yield talk
        finally:
            if era == "legacy" and talk.session:
                await wire.send("DELETE", talk.headers)
            await wire.aclose()

    async def others_are_served(self) -> None:
        """A client of each era at each good backend."""
        for era in ERAS:
            for backend in ERAS:
                async with self.talk(era, f"good-{backend}") as talk:
                    answer = await talk.call("echo", {"text": f"{era} {backend}"})
                    assert answer["content"][0]["text"] == f"{era} {backend}", f"another client was answered {answer}"

    async def counts(self) -> dict[str, int]:
        """What the gateway counts of what is under way."""
        status = await self.gateway.status()
        flying = {f"in flight at {backend['name']}": backend["inFlight"] for backend in status["backends"]}
        return {**flying, **{what: status[what] for what in ("streams", "sessions", "parkedCalls")}}

    async def nothing_is_left(self) -> None:
        """The counts come back to what they were at rest, after the longest of the gateway's limits here.

        At rest it keeps sessions and their streams for modern clients at legacy backends.
        """
        left: dict[str, Any] = {}
        for _ in range(40):
            left = {what: count for what, count in (await self.counts()).items() if count > self.at_rest[what]}
            if not left:
                return
            await asyncio.sleep(0.25)
        raise AssertionError(f"left behind: {left}, at rest {({what: self.at_rest[what] for what in left})}")

    def memory(self) -> int:
        """The gateway's resident bytes."""
        status = Path(f"/proc/{self.gateway.program.process.pid}/status").read_text(encoding="utf-8")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
