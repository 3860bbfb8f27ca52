#!/usr/bin/env python3
"""Drives the real gateway-admin on real terminals: a pty read by pyte, tmux, bash with job control.

Usage: console_test.py GATEWAY-ADMIN [CHECK…]
"""

import atexit
import base64
import concurrent.futures
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

HERE = pathlib.Path(__file__).resolve().parent
STORE = HERE.parent / "AdminTUITests" / "users.json"
PROGRAM = ""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what() if callable(what) else what)


SIX = ("erpnext", "wave", "truenas", "homeassistant", "gitea", "calendar")


def place(backends=SIX[:3]):
    """A directory with a store of 26 users and a configuration of backends that nobody runs."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="console-test-"))
    shutil.copy(STORE, directory / "users.json")
    servers = {name: {"url": "http://127.0.0.1:9/mcp"} for name in backends}
    (directory / "gateway.json").write_text(
        json.dumps({"mcpServers": servers, "gateway": {"store": "users.json"}})
    )
    return directory


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Screen(pyte.Screen):
    """pyte's, with what it lacks and terminals have: scrolling by SU and SD (ECMA-48 8.3.147, 8.3.113), and
    tabs backwards (CBT, 8.3.7)."""

    def scroll(self, count, edge, step):
        place = self.cursor.y
        self.cursor.y = getattr(self.margins or pyte.screens.Margins(0, self.lines - 1), edge)
        for _ in range(count or 1):
            step()
        self.cursor.y = place

    def scroll_up(self, count=None):
        self.scroll(count, "bottom", self.index)

    def scroll_down(self, count=None):
        self.scroll(count, "top", self.reverse_index)

    def back_tab(self, count=None):
        for _ in range(count or 1):
            self.cursor.x = max([stop for stop in self.tabstops if stop < self.cursor.x], default=0)


class Stream(pyte.ByteStream):
    """pyte's; colours with colons between their parts (ISO 8613-6) are given it with semicolons."""

    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "Z": "back_tab"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "back_tab"}
    rest = b""

    def feed(self, data):
        data = self.rest + data
        unfinished = re.search(rb"\x1b(\[[\d:;]*)?$", data)
        end = unfinished.start() if unfinished else len(data)
        self.rest = data[end:]
        colours = re.compile(rb"\x1b\[[\d:;]*m")
        super().feed(colours.sub(lambda found: re.sub(rb":+", b";", found[0]), data[:end]))


class Terminal:
    """A terminal that a program runs on; what it shows is kept by pyte."""

    def __init__(self, words=None, rows=24, columns=80, directory=None, leads=True, **environment):
        self.directory = directory or place()
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)
        self.bytes = b""
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        variables = {
            name: value
            for name, value in os.environ.items()
            if name not in ("NO_COLOR", "TMUX", "STY", "LC_ALL", "LC_CTYPE", "COLORTERM")
        }
        variables |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(self.directory)}
        variables |= environment
        words = words or [PROGRAM, "--config", "gateway.json"]

        def adopt():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, cwd=self.directory, env=variables,
            preexec_fn=adopt,
        )
        self.slave = slave
        os.set_blocking(self.master, False)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def read(self, seconds=0.0):
        """Takes what the program writes for so long; all of it, and what it was just now."""
        end = time.monotonic() + seconds
        new = b""
        while True:
            ready = select.select([self.master], [], [], max(0, end - time.monotonic()))[0]
            if not ready:
                return new
            try:
                part = os.read(self.master, 65536)
            except (BlockingIOError, OSError):
                return new
            if not part:
                return new
            new += part
            self.bytes += part
            self.stream.feed(part)

    @property
    def text(self):
        return "\n".join(self.screen.display)

    def wait(self, what, seconds=20):
        """Until the screen holds what, in one line or, within frames, in several."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if re.search(what, self.text) or re.search(what, re.sub(r"[\s│║]+", " ", self.text)):
                return
            self.read(0.02)
        raise Failure(f"never showed {what!r}, but\n{self.text}")

    def press(self, *keys, settle=0.08):
        for key in keys:
            os.write(self.master, key if isinstance(key, bytes) else key.encode())
            self.read(settle)

    def answer(self, question, key):
        """A question hears nothing for the first 0.3 s: from when it is seen it is older than that."""
        self.wait(question)
        self.read(0.4)
        self.press(key)

    def settle(self):
        """Until nothing came for a while."""
        while self.read(0.3):
            pass

    def end(self, seconds=20):
        """The exit status."""
        limit = time.monotonic() + seconds
        while self.process.poll() is None:
            expect(time.monotonic() < limit, "it does not end")
            self.read(0.01)
        self.read(0.05)
        return self.process.returncode

    def expect_restored(self):
        """The terminal as it was: modes, screen, cursor, mouse, paste."""
        now = termios.tcgetattr(self.slave)
        for index in (0, 1, 2, 3):
            expect(now[index] == self.before[index], f"terminal flags {index} differ")
        text = self.bytes.decode("utf-8", "replace")
        expect(text.rfind("\x1b[?1049l") > text.rfind("\x1b[?1049h"), "the alternate screen stays")
        expect(text.rfind("\x1b[?2004l") > text.rfind("\x1b[?2004h"), "bracketed paste stays on")
        for mode in ("1000", "1006"):
            on = max(text.rfind(f"\x1b[?{mode}h"), *(m.start() for m in re.finditer(r"\x1b\[\?[\d;]*%s[\d;]*h" % mode, text)), -1)
            off = max([m.start() for m in re.finditer(r"\x1b\[\?[\d;]*%s[\d;]*l" % mode, text)] + [-1])
            expect(off >= on, f"mouse mode {mode} stays on")
        shown = max([m.start() for m in re.finditer(r"\x1b\[\?(?:12;)?25h|\x1b\[34h\x1b\[\?25h", text)] + [-1])
        expect(shown > text.rfind("\x1b[?25l"), "the cursor stays hidden")

    def child(self):
        """The console itself, behind its guard."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return int(pathlib.Path(path).read_text().split()[0])

    def close(self):
        for descriptor in (self.master, self.slave):
            try:
                os.close(descriptor)
            except OSError:
                pass
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def ready(**settings):
    terminal = Terminal(**settings)
    terminal.wait("ann.meyer")
    terminal.wait("no gateway|up|DOWN|0 backends")
    terminal.settle()
    return terminal


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


# What it looks like


@check
def quits_and_leaves_the_terminal_as_it_was():
    terminal = ready()
    terminal.press("q")
    expect(terminal.end() == 0, "exit status")
    terminal.expect_restored()
    terminal.close()


# The moment at which the kept screens were.
MOMENT = ["faketime", "-f", "@2026-11-23 13:05:00"]
SIZES = ((24, 80), (40, 140), (15, 60))
NAMES = {"Ctrl-S": "\x13", "Tab": "\t", "Space": " ", "Enter": "\r"}


def presses(script):
    """What a key script types, one write each; numbers are seconds to wait."""
    for word in script.split():
        if word.startswith("'"):
            yield from word[1:]
        elif word.startswith("+"):
            yield int(word[1:]) / 1000 + 0.1
        else:
            yield NAMES.get(word, word)


def comparable(text, rows):
    """Screens without what is another on each machine: the host's name, and where the store is."""
    lines = [line.rstrip() for line in text.split("\n")[:rows]]
    head = lines[0].split()
    lines[0] = " ".join(word for word in head[1:] if word not in ("gw1", os.uname().nodename))
    return ["" if "gateway-admin 0." in line else line for line in lines]


def kept(scene, size):
    path = STORE.parent / "Screens" / f"bare-{scene}-{size[1]}x{size[0]}.txt"
    return path.read_text()


def compare(scene, size, seen, where):
    ours, theirs = comparable(kept(scene, size), size[0]), comparable(seen, size[0])
    for row, (old, new) in enumerate(zip(ours, theirs)):
        expect(old == new, f"{scene} {size} in {where}, line {row}\nkept {old!r}\nseen {new!r}")


def scene_on_a_pty(scene, script, size):
    # Exports are offered to go to the home directory, which nobody has.
    terminal = Terminal(
        words=[*MOMENT, PROGRAM, "--config", "gateway.json"], rows=size[0], columns=size[1],
        directory=place(SIX), TZ="UTC", HOME="/nonexistent",
    )
    try:
        terminal.wait("ann.meyer", 30)
        terminal.read(0.3)
        for key in presses(script):
            terminal.read(key) if isinstance(key, float) else terminal.press(key, settle=0.1)
        for _ in range(20):
            terminal.read(0.2)
            if comparable(kept(scene, size), size[0]) == comparable(terminal.text, size[0]):
                break
        compare(scene, size, terminal.text, "pyte")
    finally:
        terminal.close()


def scene_in_tmux(scene, script, size):
    directory = place(SIX)
    name = f"console-test-{os.getpid()}-{scene}"

    def tmux(*words):
        return subprocess.run(
            ["tmux", "-L", name, "-f", "/dev/null", *words], capture_output=True, text=True, check=True,
            env=os.environ | {"LANG": "C.UTF-8", "HOME": "/nonexistent", "TZ": "UTC"},
        ).stdout

    command = " ".join([MOMENT[0], MOMENT[1], f"'{MOMENT[2]}'", PROGRAM, "--config gateway.json"])
    tmux("new-session", "-d", "-x", str(size[1]), "-y", str(size[0]), "-c", str(directory), command)
    try:
        tmux("set", "-g", "status", "off")
        tmux("resize-window", "-x", str(size[1]), "-y", str(size[0]))
        for _ in range(300):
            if "ann.meyer" in tmux("capture-pane", "-p"):
                break
            time.sleep(0.1)
        time.sleep(0.3)
        for key in presses(script):
            if isinstance(key, float):
                time.sleep(key)
                continue
            tmux("send-keys", "-H", *(f"{byte:02x}" for byte in key.encode()))
            time.sleep(0.1)
        for _ in range(20):
            seen = tmux("capture-pane", "-p")
            if comparable(kept(scene, size), size[0]) == comparable(seen, size[0]):
                break
            time.sleep(0.2)
        compare(scene, size, seen, "tmux")
    finally:
        subprocess.run(["tmux", "-L", name, "kill-server"], capture_output=True)
        shutil.rmtree(directory, ignore_errors=True)


@check
def each_scene_is_as_kept_on_a_pty_and_in_tmux():
    scenes = json.loads((STORE.parent / "scenes.json").read_text())
    # They wait more than they work.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        runs = [
            pool.submit(scene_on_a_pty, scene, script, size)
            for scene, script in scenes.items() for size in SIZES
        ] + [pool.submit(scene_in_tmux, scene, script, SIZES[0]) for scene, script in scenes.items()]
        problems = [str(run.exception()) for run in runs if run.exception()]
    expect(not problems, "\n".join([f"{len(problems)} of {len(runs)}", *problems[:6]]))


HOSTILE = [
    "\x1b[2J\x1b]52;c;aGk=\x07", "漢字かな", "👩\u200d👩\u200d👧\u200d👦x", "e\u0301\u0302\u0303", "\u202egnp.exe", "हिन्दी",
    "a\nb\tc", "ا\u200cب", "\x9b2J\x90q\x9c", "\u2066x\u2069\u200f", "\U000e0041\ufeff", "🏽🇩🇪❤\ufe0f",
]


def hostile_place():
    """A store and an audit log whose every name is another hostile one."""
    directory = place()
    store = json.loads((directory / "users.json").read_text())
    users, people = {}, list(store["users"].items())
    for number, (name, user) in enumerate(people):
        text = HOSTILE[number % len(HOSTILE)]
        user |= {"description": text, "email": text, "metadata": {text: text}, "mcp_blocked": [text]}
        # Names that the store would not give, but an old file may have.
        users[f"{number:02}{text}"] = user
    names = {user["user_id"]: name for name, user in users.items()}
    for number, key in enumerate(store["api_keys"].values()):
        key |= {"key_name": HOSTILE[number % len(HOSTILE)], "username": names[key["user_id"]]}
    store["users"] = users
    (directory / "users.json").write_text(json.dumps(store))
    events = [
        {"seq": number, "time": "2026-11-23T13:05:12Z", "event": text, "user": text, "backend": text,
         "tool": text, "outcome": text, text: text, "actor": {"account": text, "uid": 1, "tty": text}}
        for number, text in enumerate(HOSTILE, 1)
    ]
    (directory / "audit.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return directory


@check
def hostile_names_shift_no_border():
    """On every pane and in the dialogs, whoever is selected."""
    for size in ((24, 80), (40, 140)):
        terminal = Terminal(directory=hostile_place(), rows=size[0], columns=size[1])
        terminal.wait("Users 26")
        for script in ("", "\t", "\x1b", "e", "N", "R", "D", "w", ":", "U", "?", "2", "e", "t", "3", "a", "w", "4", "w", "5", "6"):
            if script:
                terminal.press(script)
            for step in range(len(HOSTILE) if script in ("", "2", "3", "6") and size[0] == 24 else 2):
                terminal.read(0.03)
                for row in range(1, size[0] - 1):
                    cell = terminal.screen.buffer[row][size[1] - 1].data
                    expect(cell in "│┐┘█", lambda: f"{size}, {script!r}, step {step}, row {row}: no border\n{terminal.text}")
                terminal.press("j", settle=0)
            if script in "eNRDw:U?ta":
                terminal.press("\x1b", settle=0.2)
        sent = terminal.bytes.replace(b"\x1b]11;?\x1b\\", b"")
        for forbidden in (b"\x1b]", b"\x1bP", b"\x07", b"\xc2\x9b", b"\xc2\x90", b"\x1b[2J\x1b]"):
            expect(forbidden not in sent, lambda: f"{forbidden!r} was sent: a name as it is")
        for character in "\u202e\u200d\u200c\u2066\u2069\u200f\U000e0041\ufeff\ufe0f":
            expect(character.encode() not in sent, lambda: f"{character!r} was sent")
        terminal.press("q")
        terminal.close()


@check
def no_color_means_none():
    terminal = ready(NO_COLOR="1")
    terminal.press("j", "?", "\x1b", "3", "4", "5", "6")
    colors = re.findall(rb"\x1b\[[\d;:]*m", terminal.bytes)
    for sequence in colors:
        codes = re.findall(rb"\d+", sequence)
        expect(
            all(int(code) in (0, 1, 2, 4, 7, 10, 22, 24, 27) for code in codes), f"colour: {sequence!r}"
        )
    terminal.close()


@check
def every_terminal_type_will_do():
    for kind in ("xterm", "linux", "vt100", "screen", "tmux-256color", "xterm-direct", "xterm-ghostty"):
        terminal = ready(TERM=kind)
        expect("Users 26" in terminal.text, lambda: f"{kind}:\n{terminal.text}")
        terminal.press("q")
        expect(terminal.end() == 0, kind)
        if kind == "xterm-ghostty":
            expect(b'"xterm-ghostty" is not known' in terminal.bytes, "the other type was not told")
        terminal.close()


@check
def a_locale_that_is_none_will_do():
    terminal = ready(LC_ALL="C")
    expect("┌─ Users 26" in terminal.text, lambda: terminal.text)
    terminal.close()


@check
def ascii_is_ascii():
    terminal = Terminal(words=[PROGRAM, "--config", "gateway.json", "--ascii"])
    terminal.wait("ann.meyer")
    expect(all(byte < 128 for byte in terminal.bytes), "other than ASCII")
    terminal.close()


@check
def needs_a_terminal_and_says_so():
    result = subprocess.run([PROGRAM], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    expect(result.returncode == 1 and "a terminal is needed" in result.stderr, str(result))


@check
def goes_on_beside_a_wrong_configuration_on_a_store_that_is_named():
    directory = place()
    (directory / "gateway.json").write_text("{\n{{")
    words = [PROGRAM, "--config", "gateway.json"]
    terminal = Terminal(words=words, directory=directory)
    expect(terminal.end() == 1 and b"gateway.json:2: this is not JSON" in terminal.bytes, "it goes on")
    expect(b"add --users-db PATH" in terminal.bytes, lambda: str(terminal.bytes))
    directory = place()
    (directory / "gateway.json").write_text("{\n{{")
    # Its log stands beside it, so that no other is begun.
    (directory / "audit.jsonl").touch()
    named = Terminal(words=[*words, "--users-db", "users.json"], directory=directory, columns=200)
    named.wait("ann.meyer")
    named.wait("gateway.json:2: this is not JSON")
    named.press("q")
    expect(named.end() == 0, "exit status")
    named.close()
    terminal.close()


# What is typed


@check
def a_frame_is_few_bytes_and_a_burst_few_frames():
    terminal = ready()
    sizes = []
    for _ in range(10):
        before = len(terminal.bytes)
        terminal.press(b"\x1b[B")
        terminal.settle()
        sizes.append(len(terminal.bytes) - before)
    expect(sorted(sizes)[5] <= 330, f"bytes a cursor-down: {sizes}")
    before = len(terminal.bytes)
    os.write(terminal.master, b"\x1b[B" * 200)
    terminal.wait(" 26/26 ")
    terminal.settle()
    burst = terminal.bytes[before:]
    expect(len(burst) <= 5000, f"burst: {len(burst)} bytes")
    terminal.close()


@check
def an_escape_is_told_from_a_key():
    terminal = ready()
    terminal.press("/", "x", "x")
    terminal.wait("/xx")
    terminal.press(b"\x1b")
    terminal.wait("Users 26 ─")
    terminal.close()
    # Wherever a slow line takes a sequence apart: an arrow, a click, the ends of a paste. The time that an
    # Esc is waited for is long here, as the machine may be slow.
    directory = place()
    settings = directory / ".config/gateway/console.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"escdelay": 1000}')
    terminal = ready(directory=directory)
    for sequence, seen in (
        (b"\x1b[B", " 2/26 "), (b"\x1bOB", " 3/26 "), (b"\x1b[<0;10;4M", " 1/26 "), (b"\x1b[6~", "/26 "),
        (b"\x1b[200~qqD\x1b[201~", "Pasted text ignored"),
    ):
        for byte in sequence:
            os.write(terminal.master, bytes([byte]))
            time.sleep(0.005)
        terminal.wait(seen)
    terminal.settle()
    expect(terminal.process.poll() is None and "Delete user" not in terminal.text, lambda: terminal.text)
    terminal.close()


@check
def a_bracket_behind_an_escape_swallows_no_keys():
    terminal = ready()
    # Alt-] begins what an answer of the terminal begins with.
    terminal.press(b"\x1b]", "j", "j", settle=0.2)
    terminal.wait(" 3/26 ")
    terminal.close()


@check
def the_answer_about_the_background_is_no_typing():
    for color, wanted in ((b"ffff/ffff/ffff", b"38:5:25m"), (b"1c1c/1c1c/1c1c", b"38:5:32m")):
        terminal = Terminal(words=[PROGRAM, "--config", "gateway.json", "--theme", "okabe"])
        terminal.wait("ann.meyer")
        expect(b"\x1b]11;?" in terminal.bytes, "it was not asked for")
        for part in (b"\x1b]11;rgb:" + color[:4], color[4:] + b"\x1b\\"):
            os.write(terminal.master, part)
            time.sleep(0.005)
        terminal.read(0.3)
        terminal.press("\x0c", settle=0.3)
        expect(" 1/26 " in terminal.text and "[1 Users]" in terminal.text, lambda: terminal.text)
        blues = set(re.findall(rb"38[:;]5[:;](?:25|32)m", terminal.bytes[-6000:]))
        expect(blues == {wanted} or blues == {wanted.replace(b":", b";")}, f"{color}: {blues}")
        terminal.close()


@check
def what_is_pasted_is_no_key():
    terminal = ready()
    terminal.press(b"\x1b[200~qqqD\ny\n\x1b[201~")
    terminal.wait("Pasted text ignored")
    terminal.press("n")
    terminal.press(b"\x1b[200~carl.nilsson\x1b[201~")
    terminal.wait(r"\[carl.nilsson_")
    # A megabyte: the field takes what it holds, and the next key is a key again.
    rest = b"\x1b[200~" + b"x" * 1_000_000 + b"\x1b[201~"
    while rest:
        try:
            rest = rest[os.write(terminal.master, rest[:4096]):]
        except BlockingIOError:
            terminal.read(0.005)
    terminal.wait(r"\[x{40,}_\]")
    terminal.press("\x1b")
    terminal.wait(r"> +ann.meyer +2 all +— on")
    terminal.press("j")
    terminal.wait(" 2/26 ")
    terminal.close()


@check
def the_mouse_selects_and_scrolls():
    terminal = ready()
    terminal.press(b"\x1b[<0;10;8M", b"\x1b[<0;10;8m")
    terminal.wait(" 5/26 ")
    terminal.press(b"\x1b[<65;10;8M")
    terminal.wait(" 6/26 ")
    # A double click opens; a heading sorts; the right button has the commands; the last line is keys.
    terminal.press(b"\x1b[<0;24;3M\x1b[<0;24;3m")
    terminal.wait("KEYS▲")
    terminal.press(b"\x1b[<2;10;5M\x1b[<2;10;5m")
    terminal.wait("Command")
    terminal.press("\x1b")
    terminal.wait("n new  e edit")
    terminal.press(b"\x1b[<0;1;24M\x1b[<0;1;24m")
    terminal.wait("New user")
    terminal.press("\x1b")
    terminal.wait("n new  e edit")
    terminal.press(b"\x1b[<0;20;1M\x1b[<0;20;1m")
    terminal.wait(r"\[2 Keys\]")
    terminal.close()


@check
def broken_bytes_are_passed_over():
    terminal = ready()
    terminal.press(b"\xff\xfe\xc3", b"\x1b[999;999;999z", b"\x1bOQ", b"\x00", settle=0.2)
    terminal.press("\x1b", settle=0.3)
    terminal.press("j")
    terminal.wait("/26 ")
    expect(terminal.process.poll() is None, "it ended")
    terminal.close()


@check
def follows_every_size():
    terminal = ready()
    for step in range(40):
        terminal.resize(15 + step % 26, 60 + step * 2)
        time.sleep(0.004)
        terminal.read(0)
    # Until the last of the old sizes is painted: what comes then is for the new one.
    terminal.settle()
    terminal.resize(30, 100)
    terminal.wait(r"n new user .*\? help")
    expect(terminal.screen.display[29].startswith("n new"), lambda: terminal.text)
    expect(terminal.screen.display[0].rstrip().endswith("no gateway"), lambda: terminal.text)
    for rows, columns in ((1, 1), (200, 500), (1, 300), (150, 2), (8, 40)):
        terminal.resize(rows, columns)
        terminal.settle()
    terminal.wait("terminal too small")
    terminal.close()


# What is done


@check
def a_whole_day():
    """From an empty store: a user with a first key, copied, restricted, blocked, undone, revoked."""
    directory = place()
    (directory / "users.json").unlink()
    terminal = Terminal(directory=directory)
    terminal.wait("No users yet")
    terminal.press("n", *"carl", "\x13", settle=0.1)
    terminal.wait("SHOWN ONCE")
    key = re.search(r"mcpgw_\w+", terminal.text).group(0)
    terminal.press("y", settle=0.3)
    sent = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", terminal.bytes)
    expect(sent and base64.b64decode(sent.group(1)).decode() == key, "the clipboard got another text")
    terminal.wait("Sent to your terminal's clipboard")
    terminal.press("\r", settle=0.3)
    expect(key not in terminal.text, "the key stays on the screen")
    terminal.press("3", "a")
    terminal.answer("Allow only erpnext for carl", "\r")
    terminal.wait(r"carl +\[\+\] +x +x +1/3")
    terminal.press("l", "b", settle=0.3)
    terminal.wait(r"carl +\+ +\[-\] +x")
    terminal.press("u", settle=0.3)
    terminal.wait("Undone")
    terminal.wait(r"carl +\+ +\[x\] +x")
    terminal.press("2", "R")
    terminal.answer("Revoke key", "y")
    terminal.wait("revoked. Clients")
    terminal.press("6", settle=0.5)
    terminal.wait("key.revoked")
    terminal.wait("access.changed")
    terminal.wait("user.created")
    store = json.loads((directory / "users.json").read_text())
    expect(store["users"]["carl"]["mcp_allowed"] == ["erpnext"], str(store))
    expect(all(entry["revoked"] for entry in store["api_keys"].values()), str(store))
    terminal.press("q")
    expect(terminal.end() == 0, "exit status")
    expect(key not in (directory / "audit.jsonl").read_text(), "the key is in the log")
    terminal.close()


def key_on(text):
    return re.search(r"mcpgw_\w{46}", text).group(0)


def new_key(**settings):
    """A console that shows a key, and the key."""
    terminal = ready(**settings)
    terminal.press("N", "\x13")
    terminal.wait("SHOWN ONCE")
    return terminal, key_on(terminal.text)


@check
def behind_tmux_the_clipboard_is_tmuxs():
    directory, name = place(), f"console-test-{os.getpid()}-clipboard"

    def tmux(*words):
        return subprocess.run(
            ["tmux", "-L", name, "-f", "/dev/null", *words], capture_output=True, text=True,
            env=os.environ | {"LANG": "C.UTF-8", "HOME": str(directory)},
        ).stdout

    def wait(what):
        limit = time.monotonic() + 20
        while not re.search(what, text := tmux("capture-pane", "-p")):
            expect(time.monotonic() < limit, f"never showed {what!r}, but\n{text}")
            time.sleep(0.05)
        return text

    tmux("new-session", "-d", "-x", "80", "-y", "24", "-c", str(directory), f"{PROGRAM} --config gateway.json")
    try:
        wait("ann.meyer")
        tmux("send-keys", "N")
        wait("Generate key for")
        tmux("send-keys", "C-s")
        key = key_on(wait("SHOWN ONCE"))
        tmux("send-keys", "y")
        wait(r"clipboard through tmux \(52 characters\)")
        expect(tmux("show-buffer", "-b", "gateway-key") == key, "tmux has another text")
        tmux("send-keys", "Enter")
        wait(r"\[1 Users\]")
        tmux("send-keys", ":")
        wait("Command")
        tmux("send-keys", "-l", "clipboard forget")
        tmux("send-keys", "Enter")
        wait("tmux forgot the key")
        expect("gateway-key" not in tmux("list-buffers"), "tmux has it still")
    finally:
        tmux("kill-server")
        shutil.rmtree(directory, ignore_errors=True)


@check
def behind_screen_the_clipboard_goes_through_in_pieces():
    terminal, key = new_key(TERM="screen", STY="4711.pts-0.gw1")
    terminal.press("y")
    terminal.wait("Sent to your terminal's clipboard by OSC 52")
    pieces = re.findall(rb"\x1bP(.*?)\x1b\\", terminal.bytes, re.DOTALL)
    expect(pieces and all(len(piece) <= 764 for piece in pieces), f"pieces: {pieces}")
    whole = b"\x1b]52;c;" + base64.b64encode(key.encode()) + b"\x07"
    expect(b"".join(pieces) == whole and terminal.bytes.count(b"\x1b]52") == 1, f"sent {pieces}")
    terminal.close()


@check
def without_a_clipboard_the_key_goes_to_a_file_of_ones_own():
    terminal, key = new_key(TERM="linux", XDG_RUNTIME_DIR="/nonexistent")
    terminal.press("y")
    terminal.wait(r"no clipboard channel \(TERM=linux\)")
    expect(b"\x1b]52" not in terminal.bytes, "it was sent all the same")
    terminal.press("w")
    terminal.wait("was not written: ")
    terminal.press("\r", "\r")
    terminal.wait("ann.meyer")
    expect(key not in terminal.text, lambda: terminal.text)
    terminal.close()
    directory = place()
    terminal, key = new_key(directory=directory, XDG_RUNTIME_DIR=str(directory))
    terminal.press("w")
    terminal.wait("only you can read")
    (file,) = directory.glob("gateway-key-*")
    expect(file.read_text() == key + "\n" and file.stat().st_mode & 0o777 == 0o600, str(file))
    # What is there is never written over.
    file.write_text("another\n")
    terminal.press("w")
    terminal.wait("was not written: ")
    expect(file.read_text() == "another\n", "it was written over")
    terminal.close()


@check
def two_consoles_see_each_other():
    directory = place()
    one = ready(directory=directory)
    two = ready(directory=directory)
    one.press("j", "x", settle=0.5)
    two.wait(r"backup-bot +1 \+1 +— off")
    two.press("n", *"zora", "\x13", settle=0.2)
    two.wait("SHOWN ONCE")
    one.wait("Users 27")
    two.directory = pathlib.Path("/nonexistent")
    two.close()
    one.close()


@check
def a_store_that_cannot_be_read_is_said_to_be():
    directory = place()
    (directory / "users.json").write_text('{"users": {"a": }')
    terminal = Terminal(directory=directory)
    terminal.wait("The store cannot be read")
    terminal.press("q")
    terminal.end()
    terminal.close()


@check
def a_broken_store_goes_back_to_its_backup():
    directory = place()
    terminal = ready(directory=directory)
    # Two changes: the first kept generation is the file as it was.
    terminal.press("x", settle=0.3)
    terminal.wait("disabled. u undoes it")
    terminal.press("u", settle=0.3)
    terminal.wait("Undone")
    (directory / "users.json").write_text('{"users": {"ann.meyer": {')
    terminal.wait("The store cannot be read")
    terminal.wait("Last good backup")
    terminal.press("b", settle=0.3)
    terminal.wait("Back to generation 1")
    terminal.press("\x1b", "R", settle=0.4)
    terminal.wait("Restored generation 1")
    terminal.wait("Users 26")
    expect(len(json.loads((directory / "users.json").read_text())["users"]) == 26, "another store")
    terminal.close()


@check
def a_store_that_breaks_under_an_open_form_keeps_what_was_typed():
    directory = place()
    terminal = ready(directory=directory)
    terminal.press("x")
    terminal.wait("disabled. u undoes it")
    good = (directory / "users.json").read_bytes()
    terminal.press("e", *"zz")
    (directory / "users.json").write_bytes(good[:500])
    terminal.wait("STORE BROKEN")
    terminal.press("\x13")
    terminal.wait("a string is not closed. The file was left as it is")
    expect("[ann@example.orgzz_" in terminal.text, lambda: terminal.text)
    (directory / "users.json").write_bytes(good)
    terminal.press("\x13")
    terminal.wait("ann.meyer changed")
    (directory / "users.json").unlink()
    terminal.wait("There is no store at")
    terminal.wait("Last good backup")
    (directory / "users.json").write_bytes(good)
    # As before to the last cell: the terminal scrolled back what the box had moved.
    terminal.wait("users.json was changed by another program")
    for row, name in ((3, "ann.meyer"), (14, "legacy-app"), (21, "svc-report")):
        expect(name in terminal.screen.display[row], lambda: terminal.text)
    expect("═" not in terminal.text, lambda: terminal.text)
    terminal.close()


@check
def a_locked_store_keeps_the_change_waiting():
    directory = place()
    terminal = ready(directory=directory)
    with open(directory / "users.json.lock", "w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        terminal.press("x", settle=0.2)
        terminal.wait(r"Saving … \d s")
        terminal.wait("The store is locked", 15)
        # A free lock is all that it waits for.
    terminal.wait("ann.meyer: disabled", 10)
    expect(not json.loads((directory / "users.json").read_text())["users"]["ann.meyer"]["enabled"], "not done")
    terminal.close()


@check
def a_write_protected_store_is_read_only_and_says_the_cure():
    directory = place()
    (directory / "users.json").chmod(0o444)
    terminal = ready(directory=directory)
    expect("RO" in terminal.screen.display[0], lambda: terminal.text)
    terminal.press("x")
    terminal.wait("run: chmod u\\+w")
    expect("disabled" not in terminal.text, lambda: terminal.text)
    terminal.close()


def on_a_disk(size, options="rw"):
    """A console whose store is on a file system of its own, and the way there."""
    source, mount = place(), pathlib.Path(tempfile.mkdtemp(prefix="console-test-disk-"))
    script = (
        f"mount -t tmpfs -o size={size} none {mount} && cp {source}/* {mount} && mount -o remount,{options} {mount} "
        f"&& exec {PROGRAM} --config {mount}/gateway.json --users-db {mount}/users.json"
    )
    terminal = Terminal(words=["unshare", "--mount", "sh", "-c", script], directory=source)
    terminal.wait("ann.meyer")
    terminal.read(0.2)
    # Taking the directory away takes what is mounted on it away, so that is left to the end.
    atexit.register(mount.rmdir)
    return terminal, pathlib.Path(f"/proc/{terminal.child()}/root{mount}")


def enabled(directory, name):
    return json.loads((directory / "users.json").read_text())["users"][name]["enabled"]


@check
def a_full_disk_changes_nothing_and_loses_no_typing():
    terminal, disk = on_a_disk("512k")
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    before = (disk / "users.json").read_bytes()
    terminal.press("x")
    terminal.wait("Not done: .* the disk is full")
    expect((disk / "users.json").read_bytes() == before, "the store was changed")
    terminal.press("n", *"zora")
    terminal.press("\x13")
    terminal.wait("the disk is full")
    expect("[zora_" in terminal.text, lambda: terminal.text)
    filler.unlink()
    terminal.press("\x13")
    terminal.wait("SHOWN ONCE")
    expect("zora" in json.loads((disk / "users.json").read_text())["users"], "zora is not there")
    terminal.press("\r", "\r")
    terminal.press("g", "x")
    terminal.wait("ann.meyer: disabled")
    expect(not enabled(disk, "ann.meyer"), "not saved")
    terminal.close()


@check
def a_file_system_that_is_read_only_is_said_to_be():
    terminal, disk = on_a_disk("512k", options="ro")
    expect("RO" in terminal.screen.display[0], lambda: terminal.text)
    terminal.press("x")
    terminal.wait("Read-only: .* mounted read-only")
    expect(enabled(disk, "ann.meyer"), "it was written")
    terminal.close()


@check
def a_change_of_the_same_field_elsewhere_is_shown_beside_ones_own():
    directory = place()
    one, two = ready(directory=directory), ready(directory=directory)
    one.press("e", "\x15", *"one@example.org", settle=0.1)
    two.press("e", "\x15", *"two@example.org", "\x13", settle=0.1)
    two.wait("ann.meyer changed")
    one.press("\x13", settle=0.5)
    one.wait("was changed elsewhere while you edited")
    one.wait(r"one@example.org +\* two@example.org")
    one.press("\r", settle=0.5)
    one.wait("ann.meyer changed")
    user = json.loads((directory / "users.json").read_text())["users"]["ann.meyer"]
    expect(user["email"] == "one@example.org", str(user))
    two.wait("changed by another program")
    two.directory = pathlib.Path("/nonexistent")
    two.close()
    one.close()


@check
def two_consoles_a_command_and_a_gateway_change_it_at_once():
    directory = place()
    gateway = pathlib.Path(PROGRAM).with_name("gateway")
    listen = f"127.0.0.1:{free_port()}"
    serving = subprocess.Popen(
        [gateway, "serve", "--config", "gateway.json", "--listen", listen], cwd=directory,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    one, two = ready(directory=directory), ready(directory=directory)
    try:
        one.wait("2 up|3 up|0/3 up", 20)
        commands = [
            subprocess.Popen(
                [gateway, "users", "create", f"shell{n}", "--config", "gateway.json"], cwd=directory,
                stdout=subprocess.DEVNULL,
            ) for n in range(6)
        ]
        one.press("j", settle=0.05)
        # Faster than they are saved.
        for _ in range(8):
            one.press("x", settle=0.02)
            two.press("x", settle=0.02)
        for console, name in ((one, "left"), (two, "right")):
            console.press("n", *name, "\t", "\t", "\t", "\t", "\t", "\t", " ", "\x13", settle=0.05)
        expect([command.wait() for command in commands] == [0] * 6, "a command failed")
        for console in (one, two):
            console.wait("Users 34", 60)
        # What was typed ahead goes on: until nothing was written for two seconds.
        before = None
        while (now := (directory / "users.json").read_bytes()) != before:
            before = now
            one.read(1)
            two.read(1)
        users = json.loads((directory / "users.json").read_text())["users"]
        expect({"left", "right", "shell0", "shell5"} <= users.keys(), str(sorted(users)))
        # Each was changed eight times, by turns: nothing was lost, nothing done twice.
        for name in ("ann.meyer", "backup-bot"):
            expect(users[name]["enabled"], lambda: f"a toggle of {name} was lost\n{one.text}\n{two.text}")
        seen = json.loads(
            subprocess.run(
                [gateway, "status", "--json", "--config", "gateway.json"], cwd=directory,
                capture_output=True, text=True, check=True,
            ).stdout
        )
        expect(seen["store"]["generation"] >= 24 and seen["store"]["state"] == "ok", str(seen["store"]))
        verified = subprocess.run([gateway, "audit", "verify", "--config", "gateway.json"], cwd=directory, stdout=subprocess.DEVNULL)
        expect(verified.returncode == 0, "the audit log does not verify")
    finally:
        serving.terminate()
        serving.wait()
        two.directory = pathlib.Path("/nonexistent")
        two.close()
        one.close()


@check
def a_killed_save_leaves_the_old_or_the_new_store():
    directory = place()
    enabled = True
    for delay in range(40):
        terminal = ready(directory=directory)
        os.write(terminal.master, b"x")
        time.sleep(delay * 0.0005)
        for child in children(terminal.process.pid):
            os.kill(child, signal.SIGKILL)
        expect(terminal.end() == 137, "the guard's exit status")
        users = json.loads((directory / "users.json").read_text())["users"]
        expect(len(users) == 26, f"after {delay * 0.5} ms")
        now = users["ann.meyer"]["enabled"]
        expect(now in (enabled, not enabled), "neither")
        enabled = now
        terminal.directory = pathlib.Path("/nonexistent")
        terminal.close()
    shutil.rmtree(directory)


@check
def a_key_nobody_confirmed_is_named_at_the_next_start():
    directory = place()
    terminal = ready(directory=directory)
    terminal.press("N", "\x13", settle=0.5)
    terminal.wait("SHOWN ONCE")
    terminal.read(0.3)
    for child in children(terminal.process.pid):
        os.kill(child, signal.SIGKILL)
    terminal.end()
    again = Terminal(directory=directory)
    again.wait("Key key-3 of ann.meyer was shown at .* but the session ended", 10)
    again.press("N", "\x13", settle=0.5)
    again.wait("SHOWN ONCE")
    again.press("\r", "\r", "q", settle=0.4)
    again.end()
    state = json.loads((directory / ".local/state/gateway/console.json").read_text())
    expect([key["name"] for key in state["unconfirmed"]] == ["key-3"], str(state))
    terminal.directory = pathlib.Path("/nonexistent")
    terminal.close()
    again.close()


@check
def a_hundred_thousand_users_are_a_list_like_any_other():
    directory = place()
    users = {
        f"user.{n:06}": {
            "user_id": f"{n:032x}", "email": f"user.{n:06}@example.org", "description": None,
            "created_at": "2026-03-02T08:00:00.000000", "enabled": True, "api_keys": [],
            "mcp_allowed": [], "mcp_blocked": [], "metadata": {},
        } for n in reversed(range(100_000))
    }
    (directory / "users.json").write_text(json.dumps({"users": users, "api_keys": {}}))
    terminal = Terminal(directory=directory)
    terminal.wait("> +user.000000", 60)
    terminal.press("G", settle=0.3)
    terminal.wait("> +user.099999")
    terminal.press("/", *"77777", "\r", settle=0.2)
    terminal.wait("1/1 ")
    terminal.wait("> +user.077777")
    terminal.press("x", settle=0.5)
    terminal.wait("user.077777: disabled", 30)
    terminal.press("\x1b", settle=0.3)
    terminal.wait("77778/100000")
    terminal.close()


@check
def read_only_changes_nothing():
    terminal = Terminal(words=[PROGRAM, "--config", "gateway.json", "--read-only"])
    terminal.wait("ann.meyer")
    before = (terminal.directory / "users.json").read_bytes()
    terminal.press("x", settle=0.3)
    terminal.wait("Read-only: ")
    expect("RO" in terminal.screen.display[0], lambda: terminal.text)
    terminal.press("n", settle=0.2)
    expect("New user" not in terminal.text, lambda: terminal.text)
    expect((terminal.directory / "users.json").read_bytes() == before, "it was written")
    terminal.close()


# How it ends


@check
def each_signal_gives_the_terminal_back():
    cases = [
        (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGQUIT, 131),
        (signal.SIGSEGV, -signal.SIGSEGV), (signal.SIGABRT, -signal.SIGABRT), (signal.SIGBUS, -signal.SIGBUS),
        (signal.SIGFPE, -signal.SIGFPE), (signal.SIGKILL, 137),
        # Swift's own end, as by fatalError: ud2 on x86-64, brk on ARM64.
        (signal.SIGILL, -signal.SIGILL), (signal.SIGTRAP, -signal.SIGTRAP),
    ]
    for number, status in cases:
        terminal = ready(SWIFT_BACKTRACE="enable=no")
        child = terminal.child()
        # What Swift says before it ends goes to standard error, which the screen must not show.
        with open(f"/proc/{child}/fd/2", "wb") as errors:
            errors.write(b"Fatal error: as Swift would say\n")
        terminal.read(0.05)
        expect(b"Fatal error" not in terminal.bytes, "it was said on the screen")
        os.kill(child, number)
        ended = terminal.end()
        expect(ended == status, f"{number}: exit status {ended}")
        terminal.expect_restored()
        said, left = terminal.bytes.rfind(b"Fatal error: as Swift"), terminal.bytes.rfind(b"\x1b[?1049l")
        # Who is killed says nothing any more.
        expect(number == signal.SIGKILL or 0 < left < said, f"{number}: it was not said after the screen")
        terminal.close()


def is_alive(pid):
    try:
        return "State:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@check
def who_kills_the_guard_ends_the_console():
    terminal = ready()
    child = terminal.child()
    terminal.process.kill()
    limit = time.monotonic() + 20
    while is_alive(child):
        expect(time.monotonic() < limit, "the console lives on")
        time.sleep(0.02)
    terminal.close()


@check
def behind_its_guard_the_console_is_a_program_of_its_own():
    """A fork that goes on is none: Swift's runtime takes its main thread for the guard's."""
    terminal = ready()
    guard, child = terminal.process.pid, terminal.child()
    begun_with = pathlib.Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
    expect(b"GATEWAY_ADMIN_GUARD=%d" % guard in begun_with, "it was not executed")
    names = [pathlib.Path(f"/proc/{pid}/comm").read_text() for pid in (guard, child)]
    expect(names == ["gateway-admin\n"] * 2, str(names))
    terminal.close()


@check
def a_terminal_that_is_gone_ends_it():
    for ignored in (False, True):
        words = [PROGRAM, "--config", "gateway.json"]
        if ignored:
            words = ["/bin/sh", "-c", f"trap '' HUP; exec {PROGRAM} --config gateway.json"]
        terminal = ready(words=words)
        child = terminal.child()
        os.close(terminal.slave)
        os.close(terminal.master)
        limit = time.monotonic() + 20
        while is_alive(child):
            expect(time.monotonic() < limit, f"it lives on (HUP ignored: {ignored})")
            time.sleep(0.01)
        terminal.close()


@check
def a_shell_can_stop_it_and_go_on():
    terminal = Terminal(words=["bash", "--norc", "--noprofile", "-i"])
    terminal.read(0.5)
    terminal.press(f"{PROGRAM} --config gateway.json\n")
    terminal.wait("ann.meyer")
    for _ in range(2):
        terminal.press("\x1a", settle=0.5)
        terminal.wait("Stopped")
        terminal.press("echo between\n", settle=0.3)
        terminal.wait("between")
        terminal.press("fg\n", settle=0.5)
        terminal.wait(r"\[1 Users\]")
        terminal.press("j")
    terminal.wait(" 3/26 ")
    terminal.press("q", settle=0.5)
    terminal.press("echo again $?\n")
    terminal.wait("again 0")
    terminal.close()


@check
def without_a_shell_it_goes_on():
    terminal = ready()
    terminal.press("\x1a", settle=0.5)
    terminal.wait("Nothing to suspend to")
    terminal.press("j")
    terminal.wait(" 2/26 ")
    terminal.close()


@check
def a_shell_that_starts_it_in_the_background_gets_it_to_the_front():
    terminal = Terminal(words=["bash", "--norc", "--noprofile", "-i"])
    terminal.press(f"{PROGRAM} --config gateway.json &\n")
    while "Stopped" not in terminal.text:
        terminal.press("jobs\n", settle=0.3)
    terminal.press("fg\n")
    terminal.wait("ann.meyer")
    terminal.press("j")
    terminal.wait(" 2/26 ")
    terminal.press("q", settle=0.5)
    terminal.press("echo again $?\n")
    terminal.wait("again 0")
    terminal.close()


@check
def idle_writes_nothing():
    terminal = ready()
    terminal.read(1)
    expect(terminal.read(5) == b"", "bytes while nothing happens")
    terminal.close()


def run(name):
    """One check in a process of its own, as its threads and children are nobody else's."""
    words = [sys.executable, __file__, PROGRAM, name]
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return f"not ok  {name}: it does not end\n", True
    return ended.stdout + ended.stderr, ended.returncode != 0


def enter_namespace():
    """All of it runs among mounts of its own: for the disks that are tried, and since faketime leaves a
    semaphore by the number of the process in /dev/shm when it is killed, on which a later one fails."""
    marker = "CONSOLE_TEST_MOUNTS"
    if marker in os.environ:
        return
    words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    script = 'mount -t tmpfs none /dev/shm && exec "$@"'
    words += ["sh", "-c", script, "sh", sys.executable, *sys.argv]
    os.execvpe("unshare", words, os.environ | {marker: "1"})


def main():
    global PROGRAM
    enter_namespace()
    PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    wanted = sys.argv[2:]
    names = [function.__name__ for function in CHECKS]
    unknown = [name for name in wanted if name not in names]
    if unknown:
        sys.exit(f"no such check: {', '.join(unknown)}")
    if len(wanted) == 1:
        function = CHECKS[names.index(wanted[0])]
        began = time.monotonic()
        try:
            function()
        except Exception as failure:
            print(f"not ok  {function.__name__}: {failure}")
            return 1
        print(f"ok      {function.__name__}  {time.monotonic() - began:.1f} s")
        return 0
    failed = 0
    # They wait more than they work; those that take longest come first.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        order = sorted(wanted or names, key=lambda name: name not in LONG)
        for ended in concurrent.futures.as_completed([pool.submit(run, name) for name in order]):
            text, has_failed = ended.result()
            failed += has_failed
            print(text, end="", flush=True)
    print(f"{len(wanted or names)} checks, {failed} failed")
    return 1 if failed else 0


LONG = (
    "each_scene_is_as_kept_on_a_pty_and_in_tmux", "a_hundred_thousand_users_are_a_list_like_any_other",
    "a_killed_save_leaves_the_old_or_the_new_store", "hostile_names_shift_no_border",
)


if __name__ == "__main__":
    sys.exit(main())
