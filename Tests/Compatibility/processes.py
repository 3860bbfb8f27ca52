"""Programs that a test starts, and ends by closing their stdin or by a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Any


class Program:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, command: list[str], log: Path | None = None, **more: Any) -> Program:
        with open(log, "ab") if log else contextlib.nullcontext() as errors:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, **more
            )
        return cls(process)

    async def line(self) -> str:
        """The next line of its standard output."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        if not line:
            raise RuntimeError(f"it ended with {await self.process.wait()} before it said anything")
        return line.decode().strip()

    async def stop(self) -> int:
        """Closes its stdin and asks it to end; kills it when it does not listen."""
        if self.process.returncode is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), 20)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()


async def output(command: list[str], **more: Any) -> str:
    """What a command prints. It must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, **more
    )
    told, errors = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{errors.decode()}")
    return told.decode()
