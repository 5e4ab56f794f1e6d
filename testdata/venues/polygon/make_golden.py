#!/usr/bin/env python3
"""What the frames of *.jsonl mean, by a second reading of the documents: writes *.events beside them.

Exact decimals by `decimal`, JSON by `json`; shares no line with the decoder under test. Which row means what is
said here in the words of client-python's .massive/websocket.json (2025-10).
"""
import datetime
import json
import pathlib
from decimal import Decimal


def iso(ms):
    t = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + ".%03d000000Z" % (ms % 1000)


def num(x):
    s = format(Decimal(x), "f")
    return (s.rstrip("0").rstrip(".") if "." in s else s) or "0"


def name(symbol):
    return symbol.replace("-", "/") if "-" in symbol else symbol + "/USD"


KINDS = {"XT": "trade", "T": "trade", "XQ": "quote", "Q": "quote", "XA": "bar", "XAS": "bar", "A": "bar", "AM": "bar"}
STATUS = {"connected": "welcome none", "auth_success": "authenticated none", "auth_failed": "refused unauthorized",
          "auth_timeout": "refused other", "max_connections": "refused connection_limit"}


def status(e):
    text, kind = e["message"], e["status"]
    words = f'"{text[:96]}"'
    if kind in STATUS:
        return f"control {STATUS[kind]} - - {words}"
    if kind == "success" and text.startswith("subscribed to: ") or kind == "error":
        topic, symbol = text.rsplit(": ", 1)[1].split(".", 1)
        what = "acknowledged none" if kind == "success" else "refused not_entitled"
        return f"control {what} {KINDS[topic]} {name(symbol)} {words}"
    return "ignored"


def element(e, at):
    ev = e["ev"]
    if ev == "status":
        return status(e)
    if ev not in KINDS:
        return "ignored"
    who = name(e.get("pair") or e.get("sym"))
    if KINDS[ev] == "trade":
        if Decimal(e["p"]) <= 0:
            return f"refused p {at}"
        side = "sell" if ev == "XT" and 1 in e["c"] else "buy"
        return f'trade {who} {iso(e["t"])} {side} {num(e["p"])} {num(e["s"])} #{e["q"] if ev == "T" else e["i"]}'
    if KINDS[ev] == "quote":
        return f'quote {who} {iso(e["t"])} {num(e["bp"])} {num(e["bs"])} {num(e["ap"])} {num(e["as"])} #{e.get("q", 0)}'
    length = {1000: "1s", 60000: "1m"}[e["e"] - e["s"]]
    return f'bar {who} {iso(e["s"])} {length} {num(e["o"])} {num(e["h"])} {num(e["l"])} {num(e["c"])} {num(e["v"])} traded'


for path in sorted(pathlib.Path(__file__).parent.glob("*.jsonl")):
    lines = []
    for n, frame in enumerate(path.read_text().splitlines(), 1):
        found = [element(e, frame.find('"p":0,') + 4) for e in json.loads(frame, parse_float=str)] or ["ignored"]
        lines += [f"{n} {one}" for one in found]
    path.with_suffix(".events").write_text("\n".join(lines) + "\n")
