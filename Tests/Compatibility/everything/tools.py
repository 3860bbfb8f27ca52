"""The tools: each content, each utility, and what goes wrong."""

from __future__ import annotations

import json
from typing import Any

import anyio
import mcp_types as types
from mcp import MCPError

import media
import schemas
from changes import Changes
from news import News
from registry import Registry

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


def text(value: Any) -> types.TextContent:
    return types.TextContent(type="text", text=value if isinstance(value, str) else json.dumps(value))


def arguments(**kinds: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": kind} for name, kind in kinds.items()}}


class Tools:
    """Builds the registry; `server` is the everything-server that they belong to."""

    def __init__(self, name: str, changes: Changes, news: News) -> None:
        self.name = name
        self.changes = changes
        self.news = news
        self.tools = Registry("tool")
        news.act = self.happen

    def tool(self, name: str, schema: dict[str, Any] = NOTHING, description: str = "", **more: Any) -> Any:
        """Adds a tool. It gives a content block, a list of them, or a whole result."""
        definition = types.Tool(name=name, description=description or None, input_schema=schema, **more)

        def add(function: Any) -> Any:
            self.tools.add(definition, function)
            return function

        return add

    def build(self) -> Registry:
        self.contents()
        self.utilities()
        self.mirrors()
        self.troubles()
        self.changing()
        return self.tools

    def contents(self) -> None:
        @self.tool("echo", TEXT, "Gives back the text.", annotations=types.ToolAnnotations(read_only_hint=True))
        async def echo(call: Any) -> Any:
            return text(call.arguments["text"])

        @self.tool("image", description="A picture.")
        async def image(call: Any) -> Any:
            return types.ImageContent(type="image", data=media.PNG, mime_type="image/png")

        @self.tool("audio", description="A sound.")
        async def audio(call: Any) -> Any:
            return types.AudioContent(type="audio", data=media.WAV, mime_type="audio/wav")

        @self.tool("embedded", description="A resource within the result.")
        async def embedded(call: Any) -> Any:
            inside = types.TextResourceContents(uri=f"{self.name}://about", mime_type="text/plain", text="inside")
            return types.EmbeddedResource(type="resource", resource=inside)

        @self.tool("link", description="A link to a resource.")
        async def link(call: Any) -> Any:
            return types.ResourceLink(type="resource_link", name="about", uri=f"{self.name}://about", mime_type="text/plain")

        @self.tool("mixed", description="Several contents.")
        async def mixed(call: Any) -> Any:
            return [text("one"), types.ImageContent(type="image", data=media.PNG, mime_type="image/png"), text("two")]

        weather = {
            "type": "object",
            "properties": {"city": {"type": "string"}, "degrees": {"type": "number"}},
            "required": ["city", "degrees"],
        }

        @self.tool("structured", arguments(city="string"), "The weather.", output_schema=weather, title="The weather")
        async def structured(call: Any) -> Any:
            found = {"city": call.arguments["city"], "degrees": 21.5}
            return types.CallToolResult(content=[text(found)], structured_content=found)

        @self.tool("grüße", TEXT, "Größe, 名前, 🎈.")
        async def greetings(call: Any) -> Any:
            return text(f"Grüße, {call.arguments['text']} 🎈")

        @self.tool("big", arguments(bytes="integer"), "A long text.")
        async def big(call: Any) -> Any:
            return text("x" * call.arguments["bytes"])

        @self.tool("schema_2020_12", schemas.DIALECT_2020_12, "Its schema has what JSON Schema 2020-12 has.")
        async def dialect(call: Any) -> Any:
            return text(call.arguments)

        app = {"ui": {"resourceUri": f"ui://{self.name}/app.html"}}

        @self.tool("app", description="A tool with a user interface.", _meta=app)
        async def with_interface(call: Any) -> Any:
            return text("shown")

    def utilities(self) -> None:
        @self.tool("progress", arguments(steps="integer"), "Tells each step.")
        async def progress(call: Any) -> Any:
            steps = call.arguments["steps"]
            for step in range(1, steps + 1):
                await call.session.report_progress(step, steps, f"step {step}")
            return text(f"{steps} steps")

        @self.tool("log", description="One message of each of four levels.")
        async def log(call: Any) -> Any:
            for level in ["debug", "info", "warning", "error"]:
                if call.modern or self.changes.of(call.context).wants(level):
                    await call.session.send_log_message(level, {"at": level}, "tools", related_request_id=call.id)
            return text("logged")

        @self.tool("wait", arguments(marker="string"), "Answers never; marks when it began and when it was cancelled.")
        async def wait(call: Any) -> Any:
            marker = call.arguments["marker"]
            self.news.mark(f"{marker} began")
            await call.session.report_progress(0, 1, "began")
            try:
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                self.news.mark(f"{marker} cancelled")
                raise

        @self.tool("interrupt", description="Ends its stream in the middle; the answer waits for who comes back.")
        async def interrupt(call: Any) -> Any:
            await call.session.report_progress(1, 2, "before")
            if call.context.close_sse_stream is not None:
                await call.context.close_sse_stream()
                await anyio.sleep(0.2)
            return text("after all")

        @self.tool("recall", arguments(marker="string"), "Whether this was marked, in a while at most.")
        async def recall(call: Any) -> Any:
            with anyio.move_on_after(10):
                await self.news.event(call.arguments["marker"]).wait()
                return text("seen")
            return text("not seen")

    def mirrors(self) -> None:
        @self.tool("whoami", description="What the server knows of this request.")
        async def whoami(call: Any) -> Any:
            headers = dict(call.context.request.headers) if call.context.request is not None else None
            capabilities = call.session.client_capabilities
            parameters = call.session.client_params
            known = {
                "server": self.name,
                "protocolVersion": call.context.protocol_version,
                "headers": headers,
                "capabilities": capabilities.model_dump(mode="json", by_alias=True, exclude_none=True) if capabilities else None,
                "clientInfo": parameters.client_info.model_dump(mode="json", exclude_none=True) if parameters else None,
                "meta": (call.context.params or {}).get("_meta"),
                "id": call.id,
            }
            return types.CallToolResult(content=[text(known)], _meta={"example.org/server": [1, "two"]})

        placed = arguments(region="string", count="integer")
        placed["properties"]["region"]["x-mcp-header"] = "Region"
        placed["properties"]["count"]["x-mcp-header"] = "Count"

        @self.tool("placed", placed, "Two of its arguments are headers too.")
        async def place(call: Any) -> Any:
            if call.context.request is None:
                return text("no headers")
            headers = call.context.request.headers
            return text([headers.get("mcp-param-region"), headers.get("mcp-param-count")])

    def troubles(self) -> None:
        @self.tool("fail", TEXT, "Fails as a tool does.")
        async def fail(call: Any) -> Any:
            return types.CallToolResult(content=[text(call.arguments["text"])], is_error=True)

        @self.tool("refuse", description="Fails as a request does.")
        async def refuse(call: Any) -> Any:
            raise MCPError(-31999, "refused as asked", {"reason": ["because", 1]})

    def changing(self) -> None:
        """Tools that change the lists or a resource, and tell so."""

        @self.tool("add_tool", arguments(name="string"), "Adds a tool.")
        async def add_tool(call: Any) -> Any:
            await self.news.tell("add", call.arguments["name"])
            return text("added")

        @self.tool("remove_tool", arguments(name="string"), "Removes it.")
        async def remove_tool(call: Any) -> Any:
            await self.news.tell("remove", call.arguments["name"])
            return text("removed")

        @self.tool("touch", arguments(uri="string"), "Tells that a resource has changed.")
        async def touch(call: Any) -> Any:
            await self.news.tell("touch", call.arguments["uri"])
            return text("touched")

    async def happen(self, what: str, name: str) -> None:
        match what:
            case "add":
                self.tool(name)(lambda call: text(name))
                await self.changes.list_changed("tools")
            case "remove":
                self.tools.entries.pop(name)
                await self.changes.list_changed("tools")
            case "touch":
                await self.changes.updated(name)
