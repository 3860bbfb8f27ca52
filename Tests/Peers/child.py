"""A stdio server that does on purpose what real ones do by mistake; plain Python, no SDK.

--era says how it meets the probe: `modern`, `legacy` (refuses server/discover), `silent` (legacy, ignores it),
`fragile` (legacy, ends at it), `slow` (modern, takes --delay seconds to start reading), `vague` (legacy, answers anything).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

META = "io.modelcontextprotocol/"
options: argparse.Namespace
pending: dict[Any, Any] = {}


def send(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def reply(identifier: Any, result: Any) -> None:
    send({"id": identifier, "result": result})


def text(identifier: Any, value: Any) -> None:
    reply(identifier, {"content": [{"type": "text", "text": value if isinstance(value, str) else json.dumps(value)}]})


def call(identifier: Any, name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> None:
    token = meta.get("progressToken")
    match name:
        case "seen":
            text(identifier, {"id": identifier, "token": token, "pid": os.getpid()})
        case "environment":
            text(identifier, dict(os.environ))
        case "freeze":
            time.sleep(1000)
        case "hang":
            say(f"hanging {identifier}")
        case "steps":
            for step in range(arguments["steps"]):
                send({"method": "notifications/progress", "params": {"progressToken": token, "progress": step}})
            text(identifier, "done")
        case "collect":
            # Answers once so many are waiting, the last one first.
            pending[identifier] = (arguments["value"], token)
            if len(pending) == arguments["count"]:
                for waiting, (value, its) in reversed(pending.items()):
                    send({"method": "notifications/progress", "params": {"progressToken": its, "progress": value}})
                    text(waiting, value)
                pending.clear()
        case "log":
            send({"method": "notifications/message", "params": {"level": "info", "data": "logged"}})
            text(identifier, "done")
        case "die":
            say("Traceback: the last words")
            os._exit(3)
        case "huge":
            time.sleep(arguments.get("delay", 0))
            parts = {"jsonrpc": "2.0", "id": identifier, "result": {"id": 1, "x": "y" * arguments["bytes"]}}
            orders = {"middle": ["result", "id", "jsonrpc"], "tail": ["jsonrpc", "result", "id"]}
            order = orders.get(arguments.get("id"), parts)
            sys.stdout.write(json.dumps({key: parts[key] for key in order}) + "\n")
            sys.stdout.flush()
        case "shout":
            send({"method": "notifications/message", "params": {"level": "info", "data": "y" * arguments["bytes"]}})
            text(identifier, "done")
        case "deep":
            sys.stdout.write(f'{{"jsonrpc":"2.0","id":{identifier},"result":{{"x":{"[" * 200}{"]" * 200}}}}}\n')
            sys.stdout.flush()
        case "nameless":
            sys.stdout.write("x" * arguments["bytes"] + "\n")
            sys.stdout.flush()
        case "noise":
            sys.stdout.write("starting up...\n\n{broken\n[1]\n")
            say("red \x1b[31malert\x07 " + "z" * 20000)
            text(identifier, "still here")
        case "ask":
            send({"id": "a", "method": "ping"})
            send({"id": "b", "method": "roots/list"})
            pending["asked"] = (identifier, {})
        case "spawn":
            child = subprocess.Popen(["sleep", "1000"], start_new_session=arguments.get("session", False))
            text(identifier, {"pid": child.pid, "parent": os.getpid()})
        case "change":
            options.tools.append(arguments["name"])
            send({"method": "notifications/tools/list_changed"})
            text(identifier, "done")
        case _:
            send({"id": identifier, "error": {"code": -32602, "message": f"Unknown tool: {name}"}})


def request(identifier: Any, method: str, params: dict[str, Any]) -> None:
    meta = params.get("_meta") or {}
    capabilities = {"tools": {"listChanged": True}}
    match method:
        case "server/discover" if options.era == "silent":
            pass
        case "server/discover" if options.era == "fragile":
            sys.exit("a request came before initialize")
        case "server/discover" if options.era == "vague":
            reply(identifier, {})
        case "server/discover" if options.era in ("modern", "slow"):
            reply(
                identifier,
                {"resultType": "complete", "supportedVersions": options.versions, "capabilities": capabilities, "ttlMs": 60000, "cacheScope": "public"},
            )
        case "server/discover" if options.era == "future":
            data = {"supported": options.versions, "requested": meta.get(META + "protocolVersion")}
            send({"id": identifier, "error": {"code": -32022, "message": "Unsupported protocol version", "data": data}})
        case "initialize" if options.era not in ("modern", "future"):
            reply(identifier, {"protocolVersion": params["protocolVersion"], "capabilities": capabilities, "serverInfo": {"name": "child", "version": "1"}})
        case "tools/list":
            reply(identifier, {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in options.tools]})
        case "subscriptions/listen":
            tag = {"_meta": {META + "subscriptionId": identifier}}
            send({"method": "notifications/subscriptions/acknowledged", "params": tag})
            send({"method": "notifications/tools/list_changed", "params": tag})
            reply(identifier, tag)
        case "tools/call":
            call(identifier, params["name"], params.get("arguments") or {}, meta)
        case _:
            send({"id": identifier, "error": {"code": -32601, "message": f"Method not found: {method}"}})


def main() -> None:
    global options
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--era", default="legacy")
    parser.add_argument("--versions", nargs="*", default=["2026-07-28"])
    parser.add_argument("--tools", nargs="*", default=["seen"])
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--stubborn", action="store_true", help="ignore the end of the input, and SIGTERM")
    parser.add_argument("--crash", action="store_true", help="end at once")
    options = parser.parse_args()
    if options.crash:
        sys.exit("it cannot start like this")
    if options.stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(options.delay)
    for line in sys.stdin:
        message = json.loads(line)
        if "method" not in message:
            answers = pending.setdefault("asked", (None, {}))[1]
            answers[message["id"]] = message.get("result", message.get("error"))
            if len(answers) == 2:
                text(pending.pop("asked")[0], answers)
        elif "id" in message:
            request(message["id"], message["method"], message.get("params") or {})
        elif message["method"] == "notifications/cancelled":
            say(f"cancelled {message['params']['requestId']}")
        else:
            say(f"told {message['method']}")
    while options.stubborn:
        time.sleep(1)


main()
