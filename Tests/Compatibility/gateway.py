"""A real `gateway serve` in a directory of its own, on a free port."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

from processes import Program, output

KEY = "static-key-of-the-matrix"


class Gateway:
    def __init__(self, binary: str, directory: Path) -> None:
        self.binary, self.directory = binary, directory
        self.file = directory / "gateway.json"
        self.log = directory / "gateway.log"
        self.url = ""

    async def start(self, backends: dict[str, Any], settings: dict[str, Any] | None = None) -> None:
        gateway = {"store": "users.json", "listen": "127.0.0.1:0", **(settings or {})}
        self.file.write_text(json.dumps({"mcpServers": backends, "gateway": gateway}, indent=2))
        variables = {"STATIC_API_KEY": KEY, "ADMIN_API_KEY": "admin-key-of-the-matrix", "SWIFT_BACKTRACE": "enable=no"}
        command = [self.binary, "serve", "--config", str(self.file)]
        self.program = await Program.start(command, self.log, cwd=self.directory, env=os.environ | variables)
        await self.listening()

    async def listening(self) -> None:
        for _ in range(600):
            if found := re.search(r"listening on (http://[^\"\s]+?:\d+)", self.log.read_text()):
                self.url = found[1] + "/mcp"
                return
            if self.program.process.returncode is not None:
                break
            await asyncio.sleep(0.1)
        raise RuntimeError(f"the gateway does not listen:\n{self.log.read_text()}")

    async def status(self) -> dict[str, Any]:
        return json.loads(await output([self.binary, "status", "--json", "--config", str(self.file)]))

    async def settled(self, seconds: float = 30) -> dict[str, Any]:
        """Waits until each backend is up, or known to be down, and gives the last status."""
        for _ in range(int(seconds / 0.5)):
            status = await self.status()
            if all(backend.get("state") in ("up", "down", "ready", "failed") for backend in status["backends"]):
                break
            await asyncio.sleep(0.5)
        return status

    async def stop(self) -> int:
        return await self.program.stop()
