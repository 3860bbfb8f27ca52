"""Every way in which a server is reached: Streamable HTTP, HTTP+SSE of 2024-11-05, stdio."""

from __future__ import annotations

from typing import Any

import anyio
import eras
from mcp.server.runner import serve_loop
from mcp.server.sse import SseServerTransport
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from events import RecentEvents
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

# The check of Host and Origin is the gateway's own business.
ANY_HOST = TransportSecuritySettings(enable_dns_rebinding_protection=False)


async def stdio(server: Any, era: str, recording: Any, news: Any) -> None:
    async with anyio.create_task_group() as tasks, stdio_server() as (incoming, outgoing), server.lifespan(server) as state:
        tasks.start_soon(news.follow)
        incoming, outgoing = recording.streams(incoming, outgoing)
        await eras.serve(server, era, incoming, outgoing, state)
        tasks.cancel_scope.cancel()


def streamable(server: Any, era: str, json_answers: bool, resumable: bool, check_host: bool) -> Any:
    app: Any = server.streamable_http_app(
        json_response=json_answers,
        max_request_body_size=64 << 20,
        max_sessions=100_000,
        # Without settings of its own it knows that it is on loopback.
        transport_security=None if check_host else ANY_HOST,
        # Events are kept by the ids of requests, which sessions have in common: only for one client at a time.
        event_store=RecentEvents() if resumable else None,
        retry_interval=50 if resumable else None,
    )
    if era == "legacy":
        return eras.LegacyOnly(app)
    return eras.ModernOnly(app) if era == "modern" else app


def sse(server: Any) -> Any:
    """The transport of 2024-11-05: one stream down, a POST for each message up."""
    transport = SseServerTransport("/messages/", ANY_HOST, max_request_body_size=64 << 20)

    async def stream(request: Any) -> Response:
        async with (
            transport.connect_sse(request.scope, request.receive, request._send) as (incoming, outgoing),
            server.lifespan(server) as state,
        ):
            await serve_loop(server, incoming, outgoing, lifespan_state=state)
        return Response()

    return Starlette(routes=[Route("/sse", stream), Mount("/messages/", app=transport.handle_post_message)])
