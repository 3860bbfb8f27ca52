"""An HTTP server that does on purpose what real backends do by mistake; plain Python, no SDK.

`faulty.py MODE [ARGUMENT]` prints its URL. The mode may be changed while it runs: `GET /mode/MODE[/ARGUMENT]`.
`GET /seen` tells the requests that came, oldest first: method, path, headers, body. After `GET /full/SECONDS` no
connection is made for so long.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

mode = sys.argv[1:]
seen: list[dict[str, Any]] = []
is_streamable = False
channel: Any = None
filled = threading.Event()


def serve_again(server: ThreadingHTTPServer, seconds: float) -> None:
    """Takes no connection for a while, nor does the kernel: its queue of them is full."""
    server.shutdown()
    waiting = []
    while not filled.is_set():
        waiting.append(socket.socket())
        waiting[-1].settimeout(0.2)
        try:
            waiting[-1].connect(server.server_address)
        except TimeoutError:
            filled.set()
    time.sleep(seconds)
    for one in waiting:
        one.close()
    server.serve_forever()


def tool(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object", "properties": properties}}


def header(name: str) -> dict[str, Any]:
    return {"type": "string", "x-mcp-header": name}


ODD_TOOLS: list[Any] = [
    tool("good", region=header("Region")),
    tool("twice", a=header("Region"), b=header("region")),
    tool("number", a={"type": "number", "x-mcp-header": "N"}),
    tool("items", a={"type": "array", "items": header("Inner")}),
    {"title": "without a name"},
    tool("good"),
    tool("last"),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def result(self, identifier: Any, result: Any, **headers: str) -> None:
        self.respond(200, {"jsonrpc": "2.0", "id": identifier, "result": result}, **headers)

    def error(self, status: int, identifier: Any, code: int, message: str, data: Any = None) -> None:
        error = {"code": code, "message": message} | ({"data": data} if data is not None else {})
        self.respond(status, {"jsonrpc": "2.0", "id": identifier, "error": error})

    def respond(self, status: int, message: Any, **headers: str) -> None:
        if mode[0] != "channel":
            return self.answer(status, json.dumps(message).encode(), **headers)
        channel.write(f"data: {json.dumps(message)}\n\n".encode())
        self.answer(202)

    def do_GET(self) -> None:
        global mode
        if self.path == "/seen":
            self.answer(200, json.dumps(seen).encode())
        elif self.path.startswith("/full/"):
            self.close_connection = True
            threading.Thread(target=serve_again, args=(self.server, float(self.path.split("/")[2]))).start()
            filled.wait()
            self.answer(204)
        elif self.path.startswith("/mode/"):
            mode = self.path.split("/")[2:]
            self.answer(204)
        elif mode[0] == "fickle":
            self.change_mind()
        elif mode[0] == "floods":
            self.flood()
        elif mode[0] == "channel":
            self.open_channel()
        elif mode[0] == "forgets" and "last-event-id" in self.headers:
            self.answer(404)
        else:
            self.answer(405)

    def change_mind(self) -> None:
        """Of HTTP+SSE when it is asked, and of Streamable HTTP once it is to be heard."""
        global is_streamable
        self.note(b"")
        gets = sum(request["method"] == "GET" for request in seen)
        if gets % 2:
            self.answer(200, b"event: endpoint\ndata: /messages\n\n", "text/event-stream")
        else:
            is_streamable = True
            self.answer(404)

    def do_DELETE(self) -> None:
        self.note(b"")
        self.answer(200)

    def note(self, body: bytes) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        seen.append({"method": self.command, "path": self.path, "headers": headers, "body": body.decode()})

    def do_POST(self) -> None:
        if mode[0] == "early" and int(self.headers.get("content-length", 0)) > 1_000_000:
            # The body is never read as one: what comes next on the connection stands behind it.
            self.result(1, {"resultType": "complete", "content": []})
            time.sleep(0.5)
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.note(body)
        message = json.loads(body)
        kind, argument = mode[0], mode[1] if mode[1:] else ""
        match kind:
            case "status":
                self.answer(int(argument), b"<html>no</html>", "text/html")
            case "redirect":
                self.answer(307, location=argument.replace("|", "/"))
            case "hang":
                time.sleep(float(argument or 1000))
                self.close_connection = True
            case "drop":
                self.close_connection = True
            case "amnesia" if message["method"] != "initialize" and self.headers.get("mcp-session-id", mode[2]) != mode[2]:
                error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32000, "message": "no valid session"}}
                self.answer(400, json.dumps(error).encode() if argument == "json" else b"Bad Request: no such session")
            case "channel" if len(body) > int(argument):
                self.answer(413)
            case "html":
                self.answer(200, b"<html>hello</html>", "text/html")
            case "interim":
                while True:
                    self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
            case "fickle" if not self.is_streamable_once():
                self.answer(400)
            case "future":
                self.error(400, message.get("id"), -32022, "Unsupported protocol version", {"supported": ["2031-01-01"]})
            case _:
                self.serve(message, kind, argument)

    def is_streamable_once(self) -> bool:
        global is_streamable
        was, is_streamable = is_streamable, False
        return was

    def serve(self, message: Any, kind: str, argument: str) -> None:
        identifier, method, params = message.get("id"), message["method"], message.get("params") or {}
        is_modern = kind in ("modern", "pages", "circle", "odd", "endless", "surprise", "early", "lingers", "deaf", "together", "fickle")
        watched = {"tools": {}, "resources": {"subscribe": True}}
        capabilities: Any = {"deaf": watched, "together": watched, "bare": {}, "fickle": {}}.get(kind, {"tools": {}})
        if identifier is None:
            self.answer(int(argument) if kind == "initialized" else 202)
        elif method == "server/discover" and is_modern:
            versions = ["2026-07-28"] + ([argument] if kind == "modern" and argument else [])
            self.result(identifier, {"supportedVersions": versions, "capabilities": capabilities, "ttlMs": 0, "cacheScope": "public"})
        elif method == "server/discover" and kind == "vague":
            self.result(identifier, {"ok": True})
        elif method == "initialize" and not is_modern:
            version = argument if kind == "version" else params["protocolVersion"]
            result = {"protocolVersion": version, "capabilities": capabilities, "serverInfo": {"name": "faulty", "version": "1"}}
            if kind in ("session", "forgets", "floods", "amnesia"):
                self.result(identifier, result, mcp_session_id=mode[2] if kind == "amnesia" else argument or "one")
            elif kind == "primed":
                self.stream(identifier, result)
            else:
                self.result(identifier, result)
        elif method == "subscriptions/listen" and kind == "deaf":
            time.sleep(1000)
        elif method == "subscriptions/listen" and kind == "together":
            self.listen_together(identifier, params, argument)
        elif method == "resources/list" and kind == "together":
            self.result(identifier, {"resources": [{"uri": f"faulty://{self.server.server_port}", "name": "one"}]})
        elif method in ("resources/list", "resources/templates/list"):
            self.result(identifier, {"resources": [], "resourceTemplates": []})
        elif method == "tools/list":
            self.tools(identifier, params, kind, argument)
        elif method == "tools/call" and kind == "silent":
            # A stream that begins late and says nothing.
            time.sleep(float(argument))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            time.sleep(1000)
        elif method == "tools/call" and kind == "forgets":
            # A stream that ends before its response, and of which nobody knows when it is asked for again.
            self.answer(200, b"id: 1\nretry: 10\ndata:\n\n", "text/event-stream")
        elif method == "tools/call" and kind in ("early", "channel", "amnesia"):
            self.result(identifier, {"resultType": "complete", "content": [{"type": "text", "text": kind}]})
        elif method == "tools/call" and kind == "surprise":
            self.stream(identifier, {"resultType": "complete", "content": [{"type": "text", "text": kind}]})
        elif method == "tools/call" and kind == "lingers":
            # The answer is there, and its stream goes on.
            self.stream(identifier, {"resultType": "complete", "content": [], "isError": argument == "error"}, ends=False)
            time.sleep(1000)
        elif is_modern:
            self.error(404, identifier, -32601, "Method not found")
        else:
            self.error(400, identifier, -32600, "Bad Request: No valid session ID provided")

    def tools(self, identifier: Any, params: Any, kind: str, argument: str) -> None:
        page = int(params.get("cursor", 0))
        match kind:
            case "pages":
                last = page + 1 == int(argument)
                self.result(identifier, {"tools": [tool(f"tool{page}")]} | ({} if last else {"nextCursor": str(page + 1)}))
            case "circle":
                self.result(identifier, {"tools": [tool(f"tool{page}")], "nextCursor": str((page + 1) % 3)})
            case "endless":
                self.result(identifier, {"tools": [], "nextCursor": str(page + 1)})
            case "odd":
                self.result(identifier, {"tools": ODD_TOOLS, "ttlMs": 7000})
            case "primed":
                self.stream(identifier, {"tools": [tool("one")]})
            case _:
                self.result(identifier, {"tools": [tool("one")]})

    def open_channel(self) -> None:
        """HTTP+SSE, for one client."""
        global channel
        channel = self.wfile
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        channel.write(b"event: endpoint\ndata: /messages\n\n")
        time.sleep(1000)

    def flood(self) -> None:
        """Log messages without end."""
        note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x" * 65_536}}
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        while True:
            self.wfile.write(f"data: {json.dumps(note)}\n\n".encode())

    def listen_together(self, identifier: Any, params: Any, place: str) -> None:
        """Acknowledges once two servers with the same file are asked."""
        with open(place, "a") as file:
            file.write(".")
        while os.path.getsize(place) < 2:
            time.sleep(0.01)
        told = params | {"_meta": {"io.modelcontextprotocol/subscriptionId": identifier}}
        event = json.dumps({"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": told})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        piece = f"data: {event}\n\n"
        self.wfile.write(f"{len(piece.encode()):x}\r\n{piece}\r\n".encode())
        self.wfile.flush()
        time.sleep(1000)

    def stream(self, identifier: Any, result: Any, ends: bool = True) -> None:
        """A priming event, a comment, a message of something else, then the answer, in pieces."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        note = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}})
        other = json.dumps({"jsonrpc": "2.0", "id": "another", "result": {}})
        answer = json.dumps({"jsonrpc": "2.0", "id": identifier, "result": result})
        half = len(answer) // 2
        for piece in ["id: 1\nretry: 100\ndata:\n\n", ": still here\r\n", f"data: {note}\n\ndata: {other}\r\n\r\n", f"data: {answer[:half]}", f"{answer[half:]}\n\n"]:
            self.wfile.write(f"{len(piece.encode()):x}\r\n{piece}\r\n".encode())
            self.wfile.flush()
            time.sleep(0.01)
        if ends:
            self.wfile.write(b"0\r\n\r\n")


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}/mcp", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
