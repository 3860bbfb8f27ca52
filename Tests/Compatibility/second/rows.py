"""What FastMCP's client finds at any server of these tests: a smaller set of rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError

ROWS: list[tuple[str, Callable[[Any], Awaitable[None]]]] = []


@dataclass
class Names:
    """What the row's tools are called at this kind of server."""

    scheme: str
    progress: tuple[str, str]
    log: str
    ask: str
    answer: dict[str, Any]


EVERYTHING = Names("everything", ("progress", "steps"), "log", "ask_colour", {"colour": "blue"})
SECOND = Names("second", ("steps", "count"), "speak", "ask", {"value": "blue"})


@dataclass
class Place:
    """One client at one server, and what it was told and asked."""

    names: Names
    mode: str
    told: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    client: Any = None

    def connect(self, url: str, key: str | None) -> Client:
        async def log(message: Any) -> None:
            self.told.append(message.level)

        async def progress(done: float, total: float | None, message: str | None) -> None:
            self.told.append(done)

        async def elicit(message: str, kind: Any, params: Any, context: Any) -> Any:
            self.asked.append(message)
            return ElicitResult(action="accept", content=self.names.answer)

        transport = StreamableHttpTransport(url, headers={"Authorization": f"Bearer {key}"} if key else None)
        handlers = {"log_handler": log, "progress_handler": progress, "elicitation_handler": elicit}
        self.client = Client(transport, mode=self.mode, cache=False, **handlers)
        return self.client


def row(name: str) -> Any:
    return lambda check: ROWS.append((name, check))


def same(seen: Any, expected: Any) -> None:
    assert seen == expected, f"expected {expected!r}, seen {seen!r}"


@row("tools: list, call, a failure")
async def tools(place: Place) -> None:
    assert {"echo", place.names.ask} <= {tool.name for tool in await place.client.list_tools()}
    same((await place.client.call_tool("echo", {"text": "größe"})).content[0].text, "größe")
    try:
        await place.client.call_tool("fail", {"text": "as asked"})
    except ToolError as error:
        assert "as asked" in str(error), str(error)
    else:
        raise AssertionError("it did not fail")


@row("structured output")
async def structured(place: Place) -> None:
    tool, arguments, expected = ("structured", {"city": "Z"}, {"city": "Z", "degrees": 21.5})
    if place.names is SECOND:
        tool, arguments, expected = "sum_of", {"a": 2, "b": 3}, {"sum": 5}
    same((await place.client.call_tool(tool, arguments)).structured_content, expected)


@row("progress")
async def progress(place: Place) -> None:
    tool, argument = place.names.progress
    place.told.clear()
    await place.client.call_tool(tool, {argument: 3})
    same(place.told, [1, 2, 3])


@row("log messages")
async def log(place: Place) -> None:
    place.told.clear()
    if place.mode == "legacy":
        await place.client.set_logging_level("warning")
        await place.client.call_tool(place.names.log, {})
    else:
        await place.client.call_tool(place.names.log, {}, meta={"io.modelcontextprotocol/logLevel": "warning"})
    assert place.told and set(place.told) <= {"warning", "error"}, f"told {place.told}"


@row("elicitation")
async def elicitation(place: Place) -> None:
    place.asked.clear()
    same((await place.client.call_tool(place.names.ask, {})).content[0].text, "accept blue")
    same(place.asked, ["Which colour?"])


@row("resources: list, templates, read")
async def resources(place: Place) -> None:
    scheme = place.names.scheme
    assert f"{scheme}://about" in {str(resource.uri) for resource in await place.client.list_resources()}
    assert f"{scheme}://items/{{item}}" in {each.uri_template for each in await place.client.list_resource_templates()}
    same((await place.client.read_resource(f"{scheme}://about"))[0].text, f"This is {scheme}.")
    same((await place.client.read_resource(f"{scheme}://items/apple"))[0].text, f"{scheme} has apple")


@row("prompts: list, get")
async def prompts(place: Place) -> None:
    assert "greet" in {prompt.name for prompt in await place.client.list_prompts()}
    found = await place.client.get_prompt("greet", {"person": "Ada"})
    assert found.messages[0].content.text.startswith("Greet Ada"), found.messages[0].content.text
