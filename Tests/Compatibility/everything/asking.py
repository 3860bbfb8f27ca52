"""Tools that ask the client before they answer."""

from __future__ import annotations

from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.shared.exceptions import UrlElicitationRequiredError

import questions
from tools import NOTHING, Tools, arguments, text


def add(tools: Tools) -> None:
    elicitation(tools)
    pages(tools)
    others(tools)


def elicitation(tools: Tools) -> None:
    @tools.tool("ask_colour", NOTHING, "Asks for a colour.")
    async def ask_colour(call: Any) -> Any:
        return text(await questions.colour(call.dialogue))

    @tools.tool("ask_twice", NOTHING, "Asks, and asks again about the answer.")
    async def ask_twice(call: Any) -> Any:
        first = await questions.colour(call.dialogue, "First?", "first")
        second = await questions.colour(call.dialogue, f"After {first}?", "second")
        return text(f"{first}, {second}")

    @tools.tool("ask_marked", arguments(marker="string"), "Asks, telling before and after it, with the caller's mark on everything.")
    async def ask_marked(call: Any) -> Any:
        marker = call.arguments["marker"]
        await call.session.report_progress(1, 2, marker)
        answer = await questions.colour(call.dialogue, f"Which, {marker}?")
        await call.session.report_progress(2, 2, marker)
        return text(f"{marker} has {answer}")

    @tools.tool("ask_then_wait", arguments(marker="string"), "Asks, and then answers never.")
    async def ask_then_wait(call: Any) -> Any:
        await questions.colour(call.dialogue)
        return await tools.tools["wait"].run(call)

    @tools.tool("ask_slowly", NOTHING, "Tells of progress before and after it asks.")
    async def ask_slowly(call: Any) -> Any:
        await call.session.report_progress(1, 3, "before")
        answer = await questions.colour(call.dialogue)
        await call.session.report_progress(2, 3, "after")
        return text(answer)

    @tools.tool("ask_defaults", NOTHING, "Asks with a default for each field.")
    async def ask_defaults(call: Any) -> Any:
        call.dialogue.require("elicitation")
        request = questions.form("Who?", questions.DEFAULTS)
        answer = await call.dialogue.ask("who", request, types.ElicitResult)
        return text({"action": answer.action, "content": answer.content})


    @tools.tool("ask_choices", NOTHING, "Asks for each kind of choice.")
    async def ask_choices(call: Any) -> Any:
        call.dialogue.require("elicitation")
        request = questions.form("Which?", questions.CHOICES)
        answer = await call.dialogue.ask("which", request, types.ElicitResult)
        return text(answer.content)

    @tools.tool("ask_briefly", arguments(marker="string"), "Asks, and does not wait long for the answer.")
    async def ask_briefly(call: Any) -> Any:
        call.dialogue.require("elicitation")
        try:
            # The SDK takes a question back with notifications/cancelled when its time is over.
            await call.session.send_request(questions.form("Quick?"), types.ElicitResult, 0.3, call.dialogue.place)
        except MCPError as error:
            tools.news.mark(call.arguments["marker"])
            return text("no answer" if error.code == types.REQUEST_TIMEOUT else error.message)
        return text("an answer")


def pages(tools: Tools) -> None:
    @tools.tool("ask_page", arguments(marker="string"), "Asks to visit a page.")
    async def ask_page(call: Any) -> Any:
        call.dialogue.require("elicitation", "url")
        marker = call.arguments["marker"]
        request = questions.page(f"https://example.org/{marker}", marker, call.modern)
        answer = await call.dialogue.ask("page", request, types.ElicitResult)
        return text(answer.action)

    @tools.tool("needs_page", arguments(marker="string"), "Cannot go on before a page was visited.")
    async def needs_page(call: Any) -> Any:
        call.dialogue.require("elicitation", "url")
        marker = call.arguments["marker"]
        url = f"https://example.org/{marker}"
        if call.modern:
            answer = await call.dialogue.ask("page", questions.page(url, marker, True), types.ElicitResult)
            return text(f"visited: {answer.action}")
        if tools.news.has(f"{marker} visited"):
            return text("visited: accept")
        # The client shows the page and calls again: there is no other sign that it was visited.
        tools.news.mark(f"{marker} visited")
        raise UrlElicitationRequiredError([questions.page(url, marker, False).params])


def others(tools: Tools) -> None:
    @tools.tool("sample", arguments(text="string"), "Asks the client's model.")
    async def sample(call: Any) -> Any:
        call.dialogue.require("sampling")
        answer = await call.dialogue.ask("sample", questions.sample(call.arguments["text"]), types.CreateMessageResult)
        return text(f"{answer.model}: {answer.content.text}")

    @tools.tool("roots", NOTHING, "Asks where the client works.")
    async def roots(call: Any) -> Any:
        call.dialogue.require("roots")
        answer = await call.dialogue.ask("roots", questions.ROOTS, types.ListRootsResult)
        return text([str(root.uri) for root in answer.roots])

    @tools.tool("ask_everything", NOTHING, "Asks three things, together where the era can.")
    async def ask_everything(call: Any) -> Any:
        for capability in ["elicitation", "sampling", "roots"]:
            call.dialogue.require(capability)
        answers = await call.dialogue.ask_all(
            {
                "colour": (questions.form("Which colour?"), types.ElicitResult),
                "sample": (questions.sample("A word?"), types.CreateMessageResult),
                "roots": (questions.ROOTS, types.ListRootsResult),
            }
        )
        return text([answers["colour"].action, answers["sample"].model, len(answers["roots"].roots)])
