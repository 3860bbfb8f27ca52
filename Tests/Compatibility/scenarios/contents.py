"""Tools, resources, prompts and completions: what they give, in both eras."""

from __future__ import annotations

from typing import Any

import truth
from scenarios import scenario
from scenarios.conversation import same

NAME = "everything"


async def listed(talk: Any, method: str, member: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        result = await talk.request(method, cursor)
        items += result[member]
        if "nextCursor" not in result:
            return items
        cursor = {"cursor": result["nextCursor"]}


@scenario("tools-list")
async def tools_list(talk: Any) -> None:
    tools = await listed(talk, "tools/list", "tools")
    assert all({"name", "inputSchema"} <= set(tool) and tool["inputSchema"]["type"] == "object" for tool in tools)
    same(len({tool["name"] for tool in tools}), len(tools))


@scenario("tools-call-simple-text")
async def simple_text(talk: Any) -> None:
    same((await talk.call("echo", {"text": "simple"}))["content"], [{"type": "text", "text": "simple"}])


@scenario("tools-call-image")
async def image(talk: Any) -> None:
    same((await talk.call("image"))["content"], [truth.IMAGE])


@scenario("tools-call-audio")
async def audio(talk: Any) -> None:
    same((await talk.call("audio"))["content"], [truth.AUDIO])


@scenario("tools-call-embedded-resource")
async def embedded(talk: Any) -> None:
    (content,) = (await talk.call("embedded"))["content"]
    same(content, {"type": "resource", "resource": {"uri": f"{NAME}://about", "mimeType": "text/plain", "text": "inside"}})


@scenario("tools-call-mixed-content")
async def mixed(talk: Any) -> None:
    same([content["type"] for content in (await talk.call("mixed"))["content"]], ["text", "image", "text"])


@scenario("tools-call-error")
async def error(talk: Any) -> None:
    result = await talk.call("fail", {"text": "it failed"})
    same((result["isError"], result["content"][0]["text"]), (True, "it failed"))


@scenario("tools-call-with-logging")
async def logging(talk: Any) -> None:
    meta = {"io.modelcontextprotocol/logLevel": "info"} if talk.era == "modern" else {}
    await talk.call("log", _meta=meta)
    levels = [each["params"]["level"] for each in talk.notified if each["method"] == "notifications/message"]
    same(levels, ["info", "warning", "error"])


@scenario("tools-call-with-progress")
async def progress(talk: Any) -> None:
    await talk.call("progress", {"steps": 3}, _meta={"progressToken": "the token"})
    steps = [each["params"] for each in talk.notified if each["method"] == "notifications/progress"]
    same([(step["progressToken"], step["progress"]) for step in steps], [("the token", number) for number in (1, 2, 3)])


@scenario("json-schema-2020-12")
async def json_schema(talk: Any) -> None:
    (tool,) = [tool for tool in await listed(talk, "tools/list", "tools") if tool["name"] == "schema_2020_12"]
    (expected,) = [tool for tool in truth.tools(NAME, talk.era == "modern") if tool["name"] == "schema_2020_12"]
    same(tool["inputSchema"], expected["inputSchema"])


@scenario("resources-list")
async def resources_list(talk: Any) -> None:
    assert all({"uri", "name"} <= set(each) for each in await listed(talk, "resources/list", "resources"))


@scenario("resources-read-text")
async def read_text(talk: Any) -> None:
    (content,) = (await talk.request("resources/read", {"uri": f"{NAME}://about"}))["contents"]
    same(content, {"uri": f"{NAME}://about", "mimeType": "text/plain", "text": f"This is {NAME}."})


@scenario("resources-read-binary")
async def read_binary(talk: Any) -> None:
    (content,) = (await talk.request("resources/read", {"uri": f"{NAME}://picture"}))["contents"]
    assert set(content) == {"uri", "mimeType", "blob"}, f"members {set(content)}"


@scenario("resources-templates-read")
async def read_template(talk: Any) -> None:
    templates = await listed(talk, "resources/templates/list", "resourceTemplates")
    assert f"{NAME}://items/{{item}}" in [template["uriTemplate"] for template in templates]
    (content,) = (await talk.request("resources/read", {"uri": f"{NAME}://items/123"}))["contents"]
    same((content["uri"], content["text"]), (f"{NAME}://items/123", f"{NAME} has 123"))


@scenario("sep-2164-resource-not-found")
async def not_found(talk: Any) -> None:
    uri = f"{NAME}://t0/nowhere"
    refused = await talk.refusal("resources/read", {"uri": uri})
    same((refused.code, refused.data), (-32602 if talk.era == "modern" else -32002, {"uri": uri}))


@scenario("prompts-list")
async def prompts_list(talk: Any) -> None:
    assert all("name" in each for each in await listed(talk, "prompts/list", "prompts"))


@scenario("prompts-get-simple")
async def simple_prompt(talk: Any) -> None:
    messages = (await talk.request("prompts/get", {"name": "plain"}))["messages"]
    same(messages, [{"role": "user", "content": {"type": "text", "text": "A plain prompt."}}])


@scenario("prompts-get-with-args")
async def prompt_with_arguments(talk: Any) -> None:
    arguments = {"person": "Ada", "mood": "merry"}
    messages = (await talk.request("prompts/get", {"name": "greet", "arguments": arguments}))["messages"]
    same(messages[0]["content"]["text"], "Greet Ada, merry.")


@scenario("prompts-get-embedded-resource")
async def prompt_with_resource(talk: Any) -> None:
    messages = (await talk.request("prompts/get", {"name": "illustrated"}))["messages"]
    same(messages[0]["content"]["resource"]["text"], "inside")


@scenario("prompts-get-with-image")
async def prompt_with_image(talk: Any) -> None:
    messages = (await talk.request("prompts/get", {"name": "illustrated"}))["messages"]
    same(messages[1]["content"], truth.IMAGE)


@scenario("completion-complete")
async def completion(talk: Any) -> None:
    params = {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "person", "value": "al"}}
    same((await talk.request("completion/complete", params))["completion"]["values"], ["alice", "albert"])
