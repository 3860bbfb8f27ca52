"""A server by FastMCP, with the few things that its rows need; `server.py ERA` prints its URL, and ends with its stdin."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "Peers"))
warnings.simplefilter("ignore")

import eras  # noqa: E402
import mcp_types as types  # noqa: E402
import serving  # noqa: E402
from fastmcp import Context, FastMCP  # noqa: E402
from fastmcp.exceptions import ToolError  # noqa: E402

COLOUR = {"type": "object", "properties": {"value": {"type": "string"}}, "required": ["value"]}
mcp = FastMCP("second", version="1.0", instructions="A second kind of server.")


@mcp.tool
async def echo(text: str) -> str:
    """Gives back the text."""
    return text


@mcp.tool
async def sum_of(a: int, b: int) -> dict[str, int]:
    """Adds, in structure."""
    return {"sum": a + b}


@mcp.tool
async def steps(count: int, ctx: Context) -> str:
    """Tells each step."""
    for step in range(1, count + 1):
        await ctx.report_progress(step, count)
    return f"{count} steps"


@mcp.tool
async def speak(ctx: Context) -> str:
    """Logs."""
    await ctx.warning("said")
    return "spoken"


@mcp.tool
async def fail(text: str) -> str:
    """Fails."""
    raise ToolError(text)


@mcp.tool
async def ask(ctx: Context) -> str | types.InputRequiredResult:
    """Asks for a colour, in the way of the era."""
    if sys.argv[1] == "legacy":
        answer = await ctx.elicit("Which colour?", str)
        return f"{answer.action} {getattr(answer, 'data', '')}"
    if ctx.input_responses is None:
        params = types.ElicitRequestFormParams(message="Which colour?", requested_schema=COLOUR)
        return types.InputRequiredResult(input_requests={"colour": types.ElicitRequest(params=params)})
    answer = ctx.input_responses["colour"]
    return f"{answer.action} {answer.content['value']}"


@mcp.resource("second://about", mime_type="text/plain")
async def about() -> str:
    """What this is."""
    return "This is second."


@mcp.resource("second://items/{item}", mime_type="text/plain")
async def item(item: str) -> str:
    """One item."""
    return f"second has {item}"


@mcp.prompt
async def greet(person: str) -> str:
    """Greets."""
    return f"Greet {person}."


def main() -> None:
    app = (eras.LegacyOnly if sys.argv[1] == "legacy" else eras.ModernOnly)(mcp.http_app(path="/mcp"))
    serving.serve(app, "/mcp")


main()
