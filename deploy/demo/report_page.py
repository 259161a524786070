# SPDX-License-Identifier: Apache-2.0
"""HTML and drawings of the report. Whatever is not `Html` is text and is escaped where it enters:
names, reasons and mails come from outside and may hold anything."""
import datetime
import html


class Html(str):
    """Text that is markup already."""


def markup(part):
    return part if isinstance(part, Html) else Html(html.escape(str(part)))


def tag(kind, /, *parts, **attributes):
    """An element; class_ and data_x become class and data-x, attributes of None are left out."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
                    for key, value in attributes.items() if value is not None)
    inside = "".join(markup(part) for part in parts if part is not None)
    if kind in ("meta", "line", "rect", "circle", "path", "br") and not inside:
        return Html(f"<{kind}{given}/>")
    return Html(f"<{kind}{given}>{inside}</{kind}>")


def section(anchor, title, lead, *parts):
    return tag("section", tag("h2", title), tag("p", lead, class_="lead"), *parts, id=anchor)


def table(heads, rows, numbers=()):
    """Rows of cells; `numbers` are the columns that stand to the right."""
    def cells(kind, row):
        return (tag(kind, cell, class_="number" if place in numbers else None)
                for place, cell in enumerate(row))
    top = tag("thead", tag("tr", *cells("th", heads))) if heads else None
    return tag("div", tag("table", top,
                          tag("tbody", *(tag("tr", *cells("td", row)) for row in rows))),
               class_="wide")


def code(text):
    return tag("code", text)


def pre(text):
    return tag("pre", text)


# ---- numbers ----

def count(number, what=None):
    """1,234, or with a word 1 contact, 2 contacts."""
    if what is None:
        return f"{number:,}"
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def money(minor, currency):
    """Two decimals: the portfolio's currencies have them."""
    sign, minor = ("-" if minor < 0 else ""), abs(minor)
    return f"{currency} {sign}{minor // 100:,}.{minor % 100:02d}"


def moneys(amounts):
    return ", ".join(money(minor, currency) for currency, minor in sorted(amounts.items()))


def percent(part, whole):
    return f"{(200 * part + whole) // (2 * whole)} %" if whole else "none"


def day(text):
    return datetime.date.fromisoformat(text[:10])


# ---- drawings: each fills a box of WIDTH user units ----

WIDTH, LEFT, RIGHT = 880, 76, 8
AGES = ["not due yet", "1 to 30 days late", "31 to 60", "61 to 90", "over 90"]


def text(x, y, words, anchor="start", class_=None):
    return tag("text", words, x=x, y=y, text_anchor=anchor, class_=class_)


def rect(x, y, width, height, class_, hint=None):
    hint = tag("title", hint) if hint else None
    return tag("rect", hint, x=round(x, 1), y=round(y, 1), width=round(width, 1),
               height=round(height, 1), class_=class_)


def drawing(height, words, *parts):
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=words)


def round_step(most):
    """A step of 1, 2 or 5 times a power of ten that makes at most five of `most`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * step * factor:
                return step * factor
        step *= 10


def short_money(minor):
    units = minor // 100
    return f"{units // 1000:,} k" if units >= 1000 else str(units)


def axis(most, low, high, label):
    """Lines across from 0 to `most`; y grows from `high` down to `low`."""
    step = round_step(most)
    for value in range(0, most + 1, step):
        y = round(low - (low - high) * value / most, 1)
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid")
        yield text(LEFT - 8, y + 4, label(value), "end")


def months(first, last, place, y):
    """The names of the months at their first days."""
    at = first.replace(day=1)
    while at <= last:
        if at >= first:
            yield text(round(place(at), 1), y, at.strftime("%b"))
        at = (at + datetime.timedelta(32)).replace(day=1)


def legend(names):
    return tag("p", *(tag("span", tag("i", class_=shade), name) for shade, name in names),
               class_="legend")


def aged_balance(currency, weeks):
    """Columns by week, each cut by age."""
    low, high = 200, 12
    most = max(1, max(sum(ages) for _, ages in weeks))
    first, last = day(weeks[0][0]), day(weeks[-1][0])
    width = (WIDTH - LEFT - RIGHT) / len(weeks)
    parts = list(axis(most, low, high, short_money))
    for place, (on, ages) in enumerate(weeks):
        top = low
        for age, minor in reversed(list(enumerate(ages))):
            size = (low - high) * max(minor, 0) / most
            top -= size
            if size > 0:
                parts.append(rect(LEFT + place * width + 1, top, width - 2, size, f"age{age}",
                                  f"{on}, {AGES[age]}: {money(minor, currency)}"))
    days_in_all = max(1, (last - first).days)
    parts += months(first, last, lambda on: LEFT + (WIDTH - LEFT - RIGHT - width) *
                    (on - first).days / days_in_all, low + 18)
    return drawing(low + 24, f"Open amounts in {currency} by week and age", *parts)


def bar(number, most, class_):
    """A bar in a cell of a table, beside its number."""
    return tag("svg", rect(0, 4, max(2, 120 * number / most), 10, class_), viewBox="0 0 120 18",
               class_="bar", aria_hidden="true")


LANE = 30


def life(items, contacts, silences, moves, last):
    """A line per invoice, from issue to settlement, with what happened on it."""
    first = min(day(item["issued_on"]) for item in items)
    names = 124

    def place(on):
        return names + (WIDTH - names - 24) * (on - first).days / max(1, (last - first).days)

    low = LANE * len(items) + 8
    parts, lanes = [], {}
    for number, item in enumerate(items):
        y = lanes[item["document"]] = LANE * number + 20
        end = day(item["closed_on"]) if item["open_minor"] == 0 and item["closed_on"] else last
        due = day(item["due_on"]) if item["due_on"] else end
        began = day(item["issued_on"])
        parts.append(text(0, y + 4, item["document"], class_="name"))
        parts.append(rect(place(began), y - 2, place(min(due, end)) - place(began), 4, "waiting"))
        if end > due:
            parts.append(rect(place(due), y - 2, place(end) - place(due), 4, "overdue",
                              f"late since {due}"))
    for one in moves:
        if one["document"] in lanes:
            parts.append(mark_down(place(day(one["day"])), lanes[one["document"]],
                                   f'{one["day"]}: {one["cause"]}, open '
                                   f'{money(one["open_minor"], one["currency"])}'))
    for one in silences:
        if one["document"] in lanes:
            parts.append(mark_silence(place(day(one["day"])), lanes[one["document"]],
                                      f'{one["day"]}: no {one["step"]}, {one["reason"]}'))
    for one in contacts:
        if one["document"] in lanes:
            parts.append(mark_contact(place(day(one["day"])), lanes[one["document"]],
                                      f'{one["day"]}: {one["step"]}, {one["outcome"]}'))
    parts += months(first, last, place, low + 16)
    return drawing(low + 24, "The debtor's invoices over the year", *parts)


def mark_contact(x, y, hint):
    return tag("circle", tag("title", hint), cx=round(x, 1), cy=y, r=6, class_="contact")


def mark_silence(x, y, hint):
    return tag("rect", tag("title", hint), x=round(x - 5, 1), y=y - 5, width=10, height=10,
               class_="silence")


def mark_down(x, y, hint):
    x = round(x, 1)
    return tag("path", tag("title", hint), d=f"M{x} {y + 8}l-6 -12h12z", class_="payment")


# ---- the page ----

STYLE = """
:root { color-scheme: light dark; --paper: #fcfcfa; --ink: #1d2229; --soft: #5d6672; --rule: #dcdfe3;
  --card: #f2f3f1; --accent: #1f5f8b; --good: #23734a; --bad: #b3261e; --age0: #b9c4cf;
  --age1: #f0c987; --age2: #e0954a; --age3: #c25c2c; --age4: #86261c; --quiet: #8a7a3c; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e4e7ea; --soft: #9aa4af;
  --rule: #313840; --card: #1d2228; --accent: #74b3de; --good: #6fc496; --bad: #f08b80;
  --age0: #46525e; --age1: #7d5a26; --age2: #b06f2c; --age3: #dd8246; --age4: #ffb199;
  --quiet: #d0bd73; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; font-weight: 650; }
h2 { font-size: 20px; margin: 0 0 4px; font-weight: 650; }
h3 { font-size: 15px; margin: 22px 0 6px; font-weight: 650; }
section { margin-top: 52px; border-top: 1px solid var(--rule); padding-top: 20px; }
.lead, header p { color: var(--soft); margin: 0 0 16px; max-width: 72ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px;
  margin-top: 24px; }
.tile { background: var(--card); border-radius: 8px; padding: 14px 16px; }
.tile b { display: block; font-size: 25px; line-height: 1.25; font-weight: 650; }
.tile span { color: var(--soft); font-size: 13.5px; }
.tile.good b { color: var(--good); } .tile.bad b { color: var(--bad); }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; } svg text.name { fill: var(--ink); font-size: 13px; }
svg.bar { width: 120px; height: 18px; }
.grid { stroke: var(--rule); }
.age0 { fill: var(--age0); background: var(--age0); } .age1 { fill: var(--age1); background: var(--age1); }
.age2 { fill: var(--age2); background: var(--age2); } .age3 { fill: var(--age3); background: var(--age3); }
.age4 { fill: var(--age4); background: var(--age4); }
.waiting { fill: var(--age0); background: var(--age0); }
.overdue { fill: var(--age2); background: var(--age2); }
.contact { fill: var(--accent); background: var(--accent); }
.silence { fill: var(--paper); stroke: var(--quiet); stroke-width: 2.5; }
i.silence { background: var(--paper); box-shadow: inset 0 0 0 2.5px var(--quiet); }
.payment { fill: var(--good); background: var(--good); }
rect.quiet { fill: var(--quiet); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13.5px; color: var(--soft);
  margin: 6px 0 10px; }
.legend i { display: inline-block; width: 11px; height: 11px; margin-right: 6px; border-radius: 2px; }
.legend i.contact { border-radius: 50%; }
.legend i.payment { clip-path: polygon(0 0, 100% 0, 50% 100%); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14.5px; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; }
td code { display: inline-block; width: max-content; max-width: 20ch; overflow-wrap: anywhere; }
td small { display: block; }
td:first-child { min-width: 120px; }
pre { background: var(--card); border-radius: 8px; padding: 14px 16px; overflow-x: auto; margin: 8px 0; }
small { color: var(--soft); font-size: 13px; }
iframe { width: 100%; height: 330px; margin-top: 14px; border: 1px solid var(--rule); border-radius: 8px; background: #fff; }
summary { cursor: pointer; color: var(--accent); margin-top: 12px; }
ol.said { padding-left: 0; list-style: none; margin: 10px 0; font-size: 14.5px; }
ol.said li { display: grid; grid-template-columns: 140px 1fr; gap: 10px; padding: 3px 0;
  overflow-wrap: anywhere; }
ol.said time { color: var(--soft); font-variant-numeric: tabular-nums; }
footer { margin-top: 60px; color: var(--soft); font-size: 13px; }
@media print { :root { --paper: #fff; --card: #f4f4f2; } body { font-size: 11pt; }
  main { max-width: none; padding: 0; } section { margin-top: 28px; }
  h2, h3, .lead { break-after: avoid; } tr, svg, .tile, li { break-inside: avoid; }
  * { print-color-adjust: exact; } pre { white-space: pre-wrap; } }
@media (max-width: 600px) { ol.said li { grid-template-columns: 1fr; gap: 0; } }
"""
# Nothing may be fetched and nothing may run, whatever stands in a name or a mail.
SECURITY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title, lead, *parts):
    head = tag("head", tag("meta", charset="utf-8"),
               tag("meta", http_equiv="Content-Security-Policy", content=SECURITY),
               tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
               tag("title", title), tag("style", Html(STYLE)))
    body = tag("body", tag("main", tag("header", tag("h1", title), tag("p", lead)), *parts))
    return "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"
