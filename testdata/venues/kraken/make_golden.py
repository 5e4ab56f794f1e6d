#!/usr/bin/env python3
"""What the frames of *.jsonl mean, by a second reading of the documents: writes *.events beside them.

Exact decimals by `decimal`, JSON by `json`; shares no line with the decoder under test. Which row means what is
said here in the words of https://docs.kraken.com/api/docs/futures-api/websocket/ (read 2026-05).
"""
import json
import pathlib
import re
from decimal import Decimal

RECEIVED = "2026-01-01T00:00:00.000000000Z"


def iso(ms):
    import datetime
    t = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + ".%03d000000Z" % (ms % 1000)


def num(x):
    d = Decimal(x)
    s = format(d.quantize(Decimal("1e-18")) if d.as_tuple().exponent < -18 else d, "f")
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    return "0" if s in ("-0", "") else s


def instrument(symbol):
    m = re.fullmatch(r"(PF|FF|PI|FI)_([A-Z0-9]+?)(USDT|USDC|USD|EUR|GBP)(?:_(\d{6}))?", symbol.upper())
    if not m:
        return None
    kind, base, quote, date = m.groups()
    base = {"XBT": "BTC"}.get(base, base)
    if kind == "PF":
        return f"{base}/{quote}"
    settled = quote if kind == "FF" else base
    return f"{base}/{quote}:{settled}" + (f"-{date}" if date else "")


def trade(t):
    if t["type"] == "block":
        return "ignored"
    return f'trade {instrument(t["product_id"])} {iso(t["time"])} {t["side"]} {num(t["price"])} {num(t["qty"])} #{t["seq"]}'


def levels(rows):
    return ",".join(f'{num(r["price"])}x{num(r["qty"])}' for r in rows) or "-"


def order(o, state=None, reason=""):
    filled, left = Decimal(o["filled"]), Decimal(o["qty"])
    limit, stop = Decimal(o.get("limit_price") or 0), Decimal(o.get("stop_price") or 0)
    kind = {"limit": "limit", "stop": "stop_limit" if limit else "stop", "trailing_stop": "trailing_stop"}.get(o["type"], "-")
    state = state or ("partially_filled" if filled else "working")
    return (f'order {instrument(o["instrument"])} {o["instrument"]} client={o.get("cli_ord_id") or "-"} venue={o["order_id"]} '
            f'{"sell" if int(o["direction"]) else "buy"} {kind} {state} quantity={num(left + filled)} filled={num(filled)} '
            f'limit={num(limit) if limit else "-"} stop={num(stop) if stop else "-"} replaces=- {iso(o["last_update_time"])} '
            + (f'"{reason}"' if reason else "-"))


ENDS = {"full_fill": "filled", "cancelled_by_user": "canceled", "stop_order_triggered": "working",
        "post_order_failed_because_it_would_be_filled": "rejected"}


def open_order(m):
    state = ENDS.get(m["reason"], "unknown") if m["is_cancel"] else None
    if "order" in m:
        return order(m["order"], state, m["reason"])
    return (f'order - - client={m.get("cli_ord_id") or "-"} venue={m["order_id"]} buy - {state} quantity=- filled=- '
            f'limit=- stop=- replaces=- {RECEIVED} "{m["reason"]}"')


def fill(f):
    left = f.get("remaining_order_qty")
    state = "filled" if left is not None and Decimal(left) == 0 else "partially_filled"
    return (f'order {instrument(f["instrument"])} {f["instrument"]} client={f.get("cli_ord_id") or "-"} venue={f["order_id"]} '
            f'{"buy" if f["buy"] else "sell"} - {state} quantity=- filled=- limit=- stop=- replaces=- {iso(f["time"])} - '
            f'fill={f["fill_id"]} {num(f["qty"])} at {num(f["price"])} {"maker" if f["fill_type"] == "maker" else "taker"} '
            f'fee={num(f["fee_paid"])} {f["fee_currency"]}')


halted = set()


def feed(m):
    kind = m["feed"]
    if kind == "heartbeat":
        return ["control heartbeat none - - -"]
    if kind == "trade_snapshot":
        return [trade(t) for t in reversed(m["trades"])]
    if kind.startswith("open_orders") and "orders" in m:
        return [order(o) for o in m["orders"]]
    if kind in ("open_orders", "open_orders_verbose"):
        return [open_order(m)]
    if kind.startswith("fills"):
        return [fill(f) for f in m["fills"]]
    if kind == "open_positions":
        return [f'position {instrument(p["instrument"])} {p["instrument"]} {num(p["balance"])} entry={num(p["entry_price"])} '
                f'mark={num(p["mark_price"])}' for p in m["positions"]]
    if kind == "balances" and "flex_futures" in m:
        flex = m["flex_futures"]
        rows = [f'balance {"BTC" if c == "XBT" else c} {num(b["quantity"])} {num(b["available"])}'
                for c, b in flex["currencies"].items()]
        return rows + [f'account - USD trade=- withdraw=- equity={num(flex["margin_equity"])} '
                       f'power={num(flex["available_margin"])} margin={num(flex["initial_margin"])} -']
    name = instrument(m.get("product_id", ""))
    if name is None:
        return ["ignored"]
    if kind == "trade":
        return [trade(m)]
    if kind == "book_snapshot":
        return [f'book {name} {iso(m["timestamp"])} #{m["seq"]} {levels(m["bids"])} {levels(m["asks"])}']
    if kind == "book":
        one = levels([m])
        return [f'book_change {name} {iso(m["timestamp"])} #{m["seq"]} ' + (f"{one} -" if m["side"] == "buy" else f"- {one}")]
    if kind == "ticker_lite":
        return [f'quote {name} {RECEIVED} {num(m["bid"])} 0 {num(m["ask"])} 0 #0']
    if kind == "ticker":
        events = [f'quote {name} {iso(m["time"])} {num(m["bid"])} {num(m["bid_size"])} {num(m["ask"])} {num(m["ask_size"])} #0',
                  f'mark {name} {iso(m["time"])} {num(m["markPrice"])} {num(m["index"])}']
        if m["suspended"] != (name in halted):
            (halted.add if m["suspended"] else halted.discard)(name)
            events.append(f'status {name} {"halted" if m["suspended"] else "open"}')
        return events
    return ["ignored"]


KINDS = {"ticker": ["quote", "mark_price"], "ticker_lite": ["quote"], "trade": ["trade"], "book": ["book"],
         "open_orders": ["orders"], "fills": ["orders"]}


def event(m):
    kind, text = m["event"], m.get("message")
    words = f'"{text}"' if text else "-"
    if kind == "info":
        return ["control welcome none - - -"]
    if kind in ("subscribed", "subscribed_failed"):
        what = "acknowledged none" if kind == "subscribed" else "refused other"
        return [f'control {what} {data} {instrument(p) if p else "-"} -'
                for p in m.get("product_ids", [None]) for data in KINDS[m["feed"]]]
    if kind in ("error", "alert"):
        return [f'control {"refused unknown_symbol" if text == "Invalid product id" else "error other"} - - {words}']
    return ["ignored"]


for path in sorted(pathlib.Path(__file__).parent.glob("*.jsonl")):
    halted.clear()
    lines = []
    for n, frame in enumerate(path.read_text().splitlines(), 1):
        m = json.loads(frame, parse_float=str, parse_int=lambda s: int(s))
        found = event(m) if "event" in m else feed(m) if "feed" in m else ["ignored"]
        lines += [f"{n} {one}" for one in found]
    path.with_suffix(".events").write_text("\n".join(lines) + "\n")
