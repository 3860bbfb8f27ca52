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
        self.kept = 0

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
        self.kept = (await self.gateway.status())["sessions"]
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

    async def nothing_is_left(self) -> None:
        """What the gateway counts comes back to what it was, after the longest of its limits here.

        A session that it keeps for clients of the modern era at a backend of the legacy era was there before.
        """
        left: dict[str, Any] = {}
        for _ in range(40):
            status = await self.gateway.status()
            left = {f"in flight at {each['name']}": each["inFlight"] for each in status["backends"] if each["inFlight"]}
            left |= {what: status[what] for what in ("streams", "parkedCalls") if status[what]}
            if status["sessions"] > self.kept:
                left["sessions"] = [each["client"] for each in status["sessionList"]]
            if not left:
                return
            await asyncio.sleep(0.25)
        raise AssertionError(f"left behind: {left}")

    def memory(self) -> int:
        """The gateway's resident bytes."""
        status = Path(f"/proc/{self.gateway.program.process.pid}/status").read_text(encoding="utf-8")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
