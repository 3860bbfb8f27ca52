"""The everything-server as a program: `python everything --era legacy --transport http`.

Over HTTP the first line on stdout is the endpoint's URL; it ends when its stdin is closed.
`--record FILE` keeps each message and each HTTP head that it received or sent, as JSON lines.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent / "Peers")]
# What 2026-07-28 deprecates is served here on purpose.
warnings.simplefilter("ignore")

import anyio  # noqa: E402
import transports  # noqa: E402
from news import News  # noqa: E402
from server import build  # noqa: E402
from serving import serve  # noqa: E402

from wire.asgi import RecordingApp  # noqa: E402
from wire.recording import Recording  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="everything", help="its name, and the scheme of its resource URIs")
    parser.add_argument("--era", choices=["legacy", "modern", "both"], default="both")
    parser.add_argument("--transport", choices=["http", "json", "sse", "stdio"], default="http")
    parser.add_argument("--resumable", action="store_true", help="event ids, and answers for a client that comes back")
    parser.add_argument("--check-host", action="store_true", help="refuse hosts and origins that are not its own")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shared", metavar="FILE", help="what the processes of one server have in common (stdio)")
    parser.add_argument("--record", metavar="FILE")
    options = parser.parse_args()

    news = News(options.shared)
    server = build(options.name, news, aside=options.transport == "json")
    recording = Recording(options.record)
    if options.transport == "stdio":
        anyio.run(transports.stdio, server, options.era, recording, news)
    elif options.transport == "sse":
        serve(RecordingApp(transports.sse(server), recording), "/sse", options.port)
    else:
        app = transports.streamable(server, options.era, options.transport == "json", options.resumable, options.check_host)
        serve(RecordingApp(app, recording), "/mcp", options.port)


main()
