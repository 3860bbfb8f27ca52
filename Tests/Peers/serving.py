"""Serves an ASGI app on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
from typing import Any

import uvicorn


def serve(
    app: Any, path: str, port: int = 0, origin: str = "http://127.0.0.1", until_eof: bool = True, force: bool = False, **settings: Any
) -> None:
    """Prints the endpoint's URL once it listens. `until_eof` ends it when stdin is closed; `force` does not wait for answers then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1, **settings))
    print(f"{origin}:{listener.getsockname()[1]}{path}", flush=True)

    def watch() -> None:
        with contextlib.suppress(OSError):
            while sys.stdin.buffer.read(4096):
                pass
        server.should_exit = True
        server.force_exit = force

    if until_eof:
        threading.Thread(target=watch, daemon=True).start()
    asyncio.run(server.serve(sockets=[listener]))
