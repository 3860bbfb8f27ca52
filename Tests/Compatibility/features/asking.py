"""The server asks the client in the middle of a call: elicitation, sampling, roots."""

from __future__ import annotations

import json
from typing import Any

import mcp_types as types
from mcp import MCPError

from answers import Answers
from cells import error_of, same
from features import Outcome, feature

GROUP = "Questions to the client"
ELICITATION, PAGE = "elicitation", "elicitation by URL"


async def unless_absent(cell: Any, capability: str, request: Any) -> Outcome | None:
    """The outcome where the client's version lacks the capability; `request` is not made where it has it."""
    if cell.peer.kind.has(capability):
        return None
    return await cell.refused(request(), capability)


def asks(name: str) -> Any:
    """A check that needs elicitation by a form, and the refusal where the client's version has none."""

    def add(check: Any) -> Any:
        @feature(name, GROUP)
        async def checked(cell: Any) -> Outcome | None:
            outcome = await unless_absent(cell, ELICITATION, lambda: cell.call("ask_colour"))
            return outcome or await check(cell)

        return checked

    return add


@asks("elicitation in tools/call: accept")
async def accept(cell: Any) -> None:
    same(await cell.text("ask_colour"), "accept blue")
    (asked,) = cell.peer.answers.asked
    same((asked.message, asked.requested_schema["required"]), ("Which colour?", ["colour"]))


@asks("elicitation: decline")
async def decline(cell: Any) -> None:
    cell.peer.answers.on_elicit = Answers.act("decline")
    same(await cell.text("ask_colour"), "decline")


@asks("elicitation: cancel")
async def cancel(cell: Any) -> None:
    cell.peer.answers.on_elicit = Answers.act("cancel")
    same(await cell.text("ask_colour"), "cancel")


@asks("elicitation: twice in one call")
async def twice(cell: Any) -> None:
    async def answer(params: types.ElicitRequestFormParams) -> types.ElicitResult:
        return types.ElicitResult(action="accept", content={"colour": f"<{params.message}>"})

    cell.peer.answers.on_elicit = answer
    same(await cell.text("ask_twice"), "accept <First?>, accept <After accept <First?>?>")


@asks("elicitation: defaults of the fields")
async def defaults(cell: Any) -> None:
    async def answer(params: types.ElicitRequestFormParams) -> types.ElicitResult:
        fields = params.requested_schema["properties"]
        return types.ElicitResult(action="accept", content={name: field["default"] for name, field in fields.items()})

    cell.peer.answers.on_elicit = answer
    expected = {"name": "Ada", "age": 36, "score": 9.5, "member": True, "level": "low"}
    same(json.loads(await cell.text("ask_defaults")), {"action": "accept", "content": expected})


@asks("elicitation: progress before and after it")
async def slowly(cell: Any) -> Outcome | None:
    mark = len(cell.peer.recording.lines)

    async def ignore(*_: Any) -> None:
        pass

    same(await cell.text("ask_slowly", progress_callback=ignore), "accept blue")
    steps = [
        message["params"]["message"]
        for message in cell.peer.messages(mark)
        if message.get("method") == "notifications/progress"
    ]
    if cell.backend.transport == "json":
        same(steps, [])
        return Outcome("absent", "nothing beside the answer")
    # A modern server starts again at the retry, and may tell its first step twice.
    assert steps[0] == "before" and steps[-1] == "after", f"progress: {steps}"
    return None


@asks("elicitation: the client refuses to answer")
async def refuses(cell: Any) -> Outcome | None:
    async def answer(params: Any) -> types.ErrorData:
        return types.ErrorData(code=-31998, message="not now")

    cell.peer.answers.on_elicit = answer
    if cell.backend.modern and not cell.modern:
        same(await cell.text("ask_colour"), "cancel")
        return Outcome("differs", "no error among answers")
    error = await error_of(cell.call("ask_colour"))
    same((error.code, error.message), (-31998, "not now"))
    return None


@asks("elicitation: the server takes its question back")
async def taken_back(cell: Any) -> Outcome | None:
    if cell.backend.modern:
        return Outcome("absent", "no question can be taken back")
    marker = f"brief-{cell.label}"
    if not cell.modern:
        cell.peer.answers.on_elicit = cell.peer.answers.never
        same(await cell.text("ask_briefly", {"marker": marker}), "no answer")
        await cell.peer.answers.cancelled.wait()
        return None

    async def late(params: Any) -> types.ElicitResult:
        await cell.recall(marker)
        return types.ElicitResult(action="cancel")

    # What the call came to in the meantime is what its retry is answered with.
    cell.peer.answers.on_elicit = late
    same(await cell.text("ask_briefly", {"marker": marker}), "no answer")
    return None


@asks("elicitation in prompts/get")
async def in_prompt(cell: Any) -> None:
    result = await cell.client.get_prompt(cell.name("ask"), {})
    same(result.messages[0].content.text, "The colour: accept blue.")


@asks("elicitation in resources/read")
async def in_resource(cell: Any) -> None:
    result = await cell.client.read_resource(cell.uri("asks"))
    same(result.contents[0].text, "The colour: accept blue")


@feature("elicitation by URL", GROUP)
async def by_page(cell: Any) -> Outcome | None:
    marker = f"page-{cell.label}"
    cell.peer.answers.on_elicit = Answers.act("accept")
    # At 2025-06-18 a client has forms only.
    for capability in [ELICITATION, PAGE]:
        if outcome := await unless_absent(cell, capability, lambda: cell.call("ask_page", {"marker": marker})):
            return outcome
    same(await cell.text("ask_page", {"marker": marker}), "accept")
    (asked,) = cell.peer.answers.asked
    same(asked.url, f"https://example.org/{marker}")
    return None


@feature("elicitation by URL before the call can go on (-32042)", GROUP)
async def page_first(cell: Any) -> Outcome | None:
    marker = f"first-{cell.label}"
    url = f"https://example.org/{marker}"
    cell.peer.answers.on_elicit = Answers.act("accept")
    for capability in [ELICITATION, PAGE]:
        if outcome := await unless_absent(cell, capability, lambda: cell.call("needs_page", {"marker": marker})):
            return outcome
    try:
        answer = await cell.text("needs_page", {"marker": marker})
    except MCPError as error:
        # Only between the two of the legacy era does the error itself arrive; the client then calls again.
        assert cell.same_era and not cell.modern, f"an error where a question was due: {error.code} {error.message}"
        same((error.code, [each["url"] for each in error.data["elicitations"]]), (-32042, [url]))
        answer = await cell.text("needs_page", {"marker": marker})
    else:
        same([asked.url for asked in cell.peer.answers.asked], [url])
    same(answer, "visited: accept")
    return None


@feature("sampling", GROUP)
async def sampling(cell: Any) -> None:
    same(await cell.text("sample", {"text": "größe"}), "a-model: echo of größe")
    (asked,) = cell.peer.answers.asked
    same(asked.max_tokens, 100)


@feature("roots", GROUP)
async def roots(cell: Any) -> None:
    same(json.loads(await cell.text("roots")), ["file:///srv/project", "file:///srv/gr%C3%B6%C3%9Fe"])


@asks("elicitation, sampling and roots in one call")
async def together(cell: Any) -> None:
    same(json.loads(await cell.text("ask_everything")), ["accept", "a-model", 2])
