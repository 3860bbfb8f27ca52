"""Recorded messages, held against the types of the version that their connection claims.

The types are the SDK's own, made from the schema of 2025-11-25 (for the whole legacy era) and of 2026-07-28. They
let unknown members pass, as the schemas do; what must not cross from one era to the other is asked for here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mcp_types as types
from mcp_types import methods
from mcp_types.version import LATEST_HANDSHAKE_VERSION, MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

RESERVED = "io.modelcontextprotocol/"
VERSION = RESERVED + "protocolVersion"
MODERN_ONLY = ("resultType", "ttlMs", "cacheScope")
# Reserved keys that 2025-11-25 has itself.
LEGACY_RESERVED = (RESERVED + "related-task", RESERVED + "model-immediate-response")


def is_task(result: dict[str, Any]) -> bool:
    """The answer to a call that became a task has a shape of its own, in both eras."""
    return result.get("resultType") == "task" or "task" in result


class Validator:
    """Follows one recording; `client` is the side that made it."""

    def __init__(self, client: bool, version: str) -> None:
        self.client, self.version = client, version
        self.sent: dict[tuple[str, Any], str] = {}
        self.faults: list[str] = []

    def follow(self, lines: Iterable[dict[str, Any]]) -> list[str]:
        for line in lines:
            message = line.get("message")
            for each in message if isinstance(message, list) else [message]:
                if each is None:
                    continue
                if line["direction"] == "out":
                    self.remember(line["connection"], each)
                else:
                    self.check(line, each)
        return self.faults

    def remember(self, connection: str, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            self.sent[self.key(connection, message["id"])] = message["method"]

    @staticmethod
    def key(connection: str, identifier: Any) -> tuple[str, Any]:
        """1 is not "1", but Python's 1 is True."""
        return connection, (type(identifier).__name__, identifier)

    def check(self, line: dict[str, Any], message: dict[str, Any]) -> None:
        version = self.version_of(line, message)
        try:
            if message.get("jsonrpc") != "2.0":
                raise ValueError("jsonrpc is not 2.0")
            if "method" not in message:
                self.answer(line["connection"], message, version)
            elif "id" in message:
                self.request(message, version)
            else:
                self.notification(message, version)
        except (ValueError, KeyError, ValidationError) as error:
            self.faults.append(f"{version}: {str(message)[:200]}: {type(error).__name__} {str(error)[:300]}")

    def version_of(self, line: dict[str, Any], message: dict[str, Any]) -> str:
        """A client knows its own; a server reads it from each message, or from its session's header."""
        if self.client:
            return self.version
        if message.get("method") == "initialize":
            # Whatever a server speaks, this asks it for the legacy era.
            return LATEST_HANDSHAKE_VERSION
        meta = (message.get("params") or {}).get("_meta") or {}
        if VERSION in meta:
            return meta[VERSION]
        headers = {name.lower(): value for name, value in line.get("headers") or []}
        return headers.get("mcp-protocol-version", self.version)

    def request(self, message: dict[str, Any], version: str) -> None:
        if self.client:
            methods.parse_server_request(message["method"], version, message.get("params"))
        elif message["method"] in methods.SPEC_CLIENT_METHODS:
            methods.validate_client_request(message["method"], version, message.get("params"))
        self.reserved(message.get("params"), version)

    def notification(self, message: dict[str, Any], version: str) -> None:
        method, params = message["method"], message.get("params")
        if self.client and (method, version) == ("notifications/tasks/status", "2025-11-25"):
            # Of this version, and not among the SDK's.
            types.TaskStatusNotification.model_validate({"method": method, "params": params})
        elif self.client:
            methods.parse_server_notification(method, version, params)
        else:
            methods.validate_client_notification(method, version, params)
        self.reserved(params, version)

    def answer(self, connection: str, message: dict[str, Any], version: str) -> None:
        if ("result" in message) == ("error" in message):
            raise ValueError("neither or both of result and error")
        if "error" in message:
            error = message["error"]
            if not isinstance(error["code"], int) or not isinstance(error["message"], str):
                raise ValueError("an error without code and message")
            return
        method = self.sent.get(self.key(connection, message["id"]))
        if method is None:
            raise ValueError("an answer to nothing that was asked")
        result = message["result"]
        if is_task(result):
            return
        if not self.client:
            methods.validate_client_result(method, version, result)
        elif (method, version) in methods.SERVER_RESULTS:
            methods.validate_server_result(method, version, result)
            self.era(method, result, version)
        self.reserved(result, version)

    def era(self, method: str, result: dict[str, Any], version: str) -> None:
        """A modern result has its type, and how long it may be kept; a legacy one has neither."""
        if version not in MODERN_PROTOCOL_VERSIONS:
            if foreign := [name for name in MODERN_ONLY if name in result]:
                raise ValueError(f"{foreign} in a result of {version}")
            return
        needed = ["resultType"]
        if method in methods.CACHEABLE_METHODS and not methods.is_input_required(result):
            needed += ["ttlMs", "cacheScope"]
        if missing := [name for name in needed if name not in result]:
            raise ValueError(f"{missing} missing in a result of {version}")

    def reserved(self, carrier: Any, version: str) -> None:
        """The modern era's own `_meta` keys belong to each hop, and are unknown to the legacy era."""
        meta = (carrier or {}).get("_meta") or {}
        if version in MODERN_PROTOCOL_VERSIONS:
            return
        if foreign := [key for key in meta if key.startswith(RESERVED) and key not in LEGACY_RESERVED]:
            raise ValueError(f"{foreign} in _meta at {version}")
