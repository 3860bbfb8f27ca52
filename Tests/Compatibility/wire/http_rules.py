"""What a recording's HTTP heads and events must look like, at the version of its connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mcp_types.version import MODERN_PROTOCOL_VERSIONS


def answers(lines: Iterable[dict[str, Any]], version: str) -> list[str]:
    """The faults of the responses that a client received."""
    modern = version in MODERN_PROTOCOL_VERSIONS
    faults = []
    for line in lines:
        if line["direction"] != "in":
            continue
        headers = {name.lower(): value for name, value in line.get("headers") or []}
        if modern and "mcp-session-id" in headers:
            faults.append(f"{version}: a session id in a response")
        if headers.get("content-type", "").startswith("text/event-stream") and headers.get("x-accel-buffering") != "no":
            faults.append(f"{version}: an event stream that proxies may buffer")
        event = line.get("event")
        if event is None:
            continue
        if modern and "id" in event:
            faults.append(f"{version}: an event with an id")
        if version < "2025-11-25" and line.get("message") is None and event.get("event", "message") == "message":
            faults.append(f"{version}: an event without data, which clients of this version cannot read")
    return faults


def requests(lines: Iterable[dict[str, Any]]) -> list[str]:
    """The faults of the requests that a backend received."""
    faults = []
    for line in lines:
        if line["direction"] != "in" or "headers" not in line or line.get("method") != "POST":
            continue
        headers = {name.lower(): value for name, value in line["headers"]}
        message = line.get("message") or {}
        version = headers.get("mcp-protocol-version")
        if message.get("method") == "initialize":
            if "mcp-session-id" in headers:
                faults.append("initialize within a session")
        elif version in MODERN_PROTOCOL_VERSIONS:
            if "mcp-session-id" in headers:
                faults.append(f"{version}: a session id in a request")
            if headers.get("mcp-method") != message.get("method"):
                faults.append(f"{version}: Mcp-Method {headers.get('mcp-method')} for {message.get('method')}")
        accepted = headers.get("accept", "")
        if "application/json" not in accepted or "text/event-stream" not in accepted:
            faults.append(f"Accept is {accepted!r}")
    return faults
