"""Results that ask for input (2026-07-28, SEP-2322)."""

from __future__ import annotations

from typing import Any

from scenarios import scenario
from scenarios.conversation import same

BLUE = {"action": "accept", "content": {"colour": "blue"}}


async def asked(talk: Any, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The first round: the result that asks."""
    answer = await talk.once(method, params)
    assert answer.status == 200, f"HTTP {answer.status} {answer.body[:200]!r}"
    result = answer.last["result"]
    same(result["resultType"], "input_required")
    assert result.get("inputRequests") or "requestState" in result, "it asks for nothing"
    return result


async def answered(talk: Any, method: str, params: dict[str, Any], question: dict[str, Any], **answers: Any) -> Any:
    """The retry; by default each question is answered by that keyword."""
    more = {"requestState": question["requestState"]} if "requestState" in question else {}
    return await talk.once(method, {**params, "inputResponses": answers, **more})


def tool(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def only(question: dict[str, Any], method: str) -> str:
    ((key, request),) = question["inputRequests"].items()
    same(request["method"], method)
    return key


async def completes(talk: Any, params: dict[str, Any], method: str, answer: Any, expected: str) -> None:
    question = await asked(talk, "tools/call", params)
    key = only(question, method)
    result = (await answered(talk, "tools/call", params, question, **{key: answer})).last["result"]
    same((result["resultType"], result["content"][0]["text"]), ("complete", expected))


@scenario("input-required-result-basic-elicitation", "modern")
async def elicitation(talk: Any) -> None:
    await completes(talk, tool("ask_colour"), "elicitation/create", BLUE, "accept blue")


@scenario("input-required-result-basic-sampling", "modern")
async def sampling(talk: Any) -> None:
    answer = {"role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m"}
    await completes(talk, tool("sample", text="The capital?"), "sampling/createMessage", answer, "m: Paris")


@scenario("input-required-result-basic-list-roots", "modern")
async def roots(talk: Any) -> None:
    await completes(talk, tool("roots"), "roots/list", {"roots": [{"uri": "file:///a"}]}, '["file:///a"]')


@scenario("input-required-result-request-state", "modern")
async def state(talk: Any) -> None:
    question = await asked(talk, "tools/call", tool("ask_colour"))
    assert isinstance(question["requestState"], str)
    key = only(question, "elicitation/create")
    result = (await answered(talk, "tools/call", tool("ask_colour"), question, **{key: BLUE})).last["result"]
    same(result["resultType"], "complete")


@scenario("input-required-result-multiple-input-requests", "modern")
async def several(talk: Any) -> None:
    """Three at once, where the server asks at once; a server of the legacy era asks one after the other."""
    answers = {
        "elicitation/create": BLUE,
        "sampling/createMessage": {"role": "assistant", "content": {"type": "text", "text": "hi"}, "model": "m"},
        "roots/list": {"roots": [{"uri": "file:///a"}]},
    }
    talk.answers |= answers
    result = await talk.call("ask_everything")
    same(result["content"][0]["text"], '["accept", "m", 1]')
    same(sorted(each["method"] for each in talk.asked), sorted(answers))


@scenario("input-required-result-multi-round", "modern")
async def rounds(talk: Any) -> None:
    params = tool("ask_twice")
    first = await asked(talk, "tools/call", params)
    key = only(first, "elicitation/create")
    second = (await answered(talk, "tools/call", params, first, **{key: BLUE})).last["result"]
    same(second["resultType"], "input_required")
    assert second.get("requestState") != first.get("requestState"), "the same state twice"
    key = only(second, "elicitation/create")
    last = (await answered(talk, "tools/call", params, second, **{key: BLUE})).last["result"]
    same(last["content"][0]["text"], "accept blue, accept blue")


@scenario("input-required-result-missing-input-response", "modern")
async def missing(talk: Any) -> None:
    """Whoever answers another question is asked again, or told that it is wrong."""
    question = await asked(talk, "tools/call", tool("ask_colour"))
    answer = await answered(talk, "tools/call", tool("ask_colour"), question, wrong_key=BLUE)
    if "result" in answer.last:
        same(answer.last["result"]["resultType"], "input_required")
    else:
        same(answer.error["code"], -32602)


@scenario("input-required-result-non-tool-request", "modern")
async def prompt(talk: Any) -> None:
    for method, params in [("prompts/get", {"name": "ask"}), ("resources/read", {"uri": "everything://asks"})]:
        question = await asked(talk, method, params)
        key = only(question, "elicitation/create")
        result = (await answered(talk, method, params, question, **{key: BLUE})).last["result"]
        same(result["resultType"], "complete", method)


@scenario("input-required-result-result-type", "modern")
async def result_type(talk: Any) -> None:
    for method, params in [("tools/list", {}), ("tools/call", tool("echo", text="x")), ("prompts/get", {"name": "plain"})]:
        same((await talk.once(method, params)).last["result"]["resultType"], "complete", method)


@scenario("input-required-result-unsupported-methods", "modern")
async def elsewhere(talk: Any) -> None:
    for method in ["tools/list", "prompts/list", "resources/list", "server/discover"]:
        assert "inputRequests" not in (await talk.once(method)).last["result"], f"{method} asks"


@scenario("input-required-result-tampered-state", "modern")
async def tampered(talk: Any) -> None:
    question = await asked(talk, "tools/call", tool("ask_colour"))
    key = only(question, "elicitation/create")
    state = question["requestState"]
    changed = {**question, "requestState": ("A" if state[0] != "A" else "B") + state[1:]}
    answer = await answered(talk, "tools/call", tool("ask_colour"), changed, **{key: BLUE})
    assert "error" in answer.last, f"a changed state was taken: {answer.last}"


@scenario("input-required-result-capability-check", "modern")
async def capability(talk: Any) -> None:
    """Nothing is asked that the client did not say it can answer."""
    talk.capabilities = {"sampling": {}}
    answer = await talk.once("tools/call", tool("ask_colour"))
    assert "inputRequests" not in (answer.last.get("result") or {}), "it asked nevertheless"


@scenario("input-required-result-ignore-extra-params", "modern")
async def extra(talk: Any) -> None:
    question = await asked(talk, "tools/call", tool("ask_colour"))
    key = only(question, "elicitation/create")
    answers = {key: BLUE, "nobody_asked": {"action": "accept", "content": {"x": "y"}}}
    result = (await answered(talk, "tools/call", tool("ask_colour"), question, **answers)).last["result"]
    same(result["content"][0]["text"], "accept blue")


@scenario("input-required-result-validate-input", "modern")
async def validated(talk: Any) -> None:
    question = await asked(talk, "tools/call", tool("ask_colour"))
    key = only(question, "elicitation/create")
    answer = await answered(talk, "tools/call", tool("ask_colour"), question, **{key: {"action": 7}})
    if "result" in answer.last:
        same(answer.last["result"]["resultType"], "input_required")
    else:
        assert answer.error["code"] in (-32602, -32603), f"{answer.error}"
