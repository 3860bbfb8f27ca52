"""Asking the client in the middle of a request, in the way of its era.

A tool is written once: `answer = await dialogue.ask("colour", request, ElicitResult)`. In the legacy era that is a
server→client request. In the modern era the request ends there with an `input_required` result, and its retry runs
the tool from the start again, with the answers so far in `requestState`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

SECRET = b"whoever changes a byte of a state is found out"


class InputRequired(Exception):
    """The request cannot go on before the client has answered these."""

    def __init__(self, requests: dict[str, Any], state: str) -> None:
        self.result = types.InputRequiredResult(input_requests=requests, request_state=state)


class Dialogue:
    """What is asked within one request. `subject` is what the request is about: its retry is about the same.

    A server that answers in JSON has no stream of the call to ask on: it asks `aside`, on the session's own stream.
    """

    def __init__(self, context: Any, subject: str, aside: bool = False) -> None:
        self.context = context
        self.place = ServerMessageMetadata(related_request_id=None if aside else context.request_id)
        self.modern = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        self.subject = subject
        params = context.params or {}
        self.answers: dict[str, Any] = {}
        if (state := params.get("requestState")) is not None:
            self.answers = opened(state, subject)
        self.answers |= params.get("inputResponses") or {}

    def require(self, capability: str, part: str | None = None) -> None:
        """Refuses a client that did not say that it can be asked so."""
        declared = getattr(self.context.session.client_capabilities, capability, None)
        if declared is not None and (part is None or getattr(declared, part) is not None):
            return
        what = f"{capability} ({part})" if part else capability
        if self.modern:
            code = types.MISSING_REQUIRED_CLIENT_CAPABILITY
            raise MCPError(code, f"{what} is required", {"requiredCapabilities": {capability: {part: {}} if part else {}}})
        raise MCPError(types.INVALID_REQUEST, f"the client has no {what}")

    async def ask(self, key: str, request: Any, result: Any) -> Any:
        return (await self.ask_all({key: (request, result)}))[key]

    async def ask_all(self, questions: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
        """All at once in the modern era, one after the other in the legacy era."""
        if self.modern:
            missing = {key: request for key, (request, _) in questions.items() if key not in self.answers}
            if missing:
                raise InputRequired(missing, sealed(self.answers, self.subject))
            return {key: result.model_validate(self.answers[key]) for key, (_, result) in questions.items()}
        return {
            key: await self.context.session.send_request(request, result, metadata=self.place)
            for key, (request, result) in questions.items()
        }


def signature(payload: bytes, subject: str) -> str:
    return hmac.new(SECRET, subject.encode() + b"\0" + payload, hashlib.sha256).hexdigest()


def sealed(answers: dict[str, Any], subject: str) -> str:
    """The answers so far, bound to what was asked for: another request's state is refused, as a changed one is."""
    payload = base64.b64encode(json.dumps(answers, sort_keys=True).encode())
    return f"{payload.decode()}.{signature(payload, subject)}"


def opened(state: str, subject: str) -> dict[str, Any]:
    payload, _, given = state.partition(".")
    if not hmac.compare_digest(given, signature(payload.encode(), subject)):
        raise MCPError(types.INVALID_PARAMS, "requestState does not belong to this request")
    return json.loads(base64.b64decode(payload))
