# SPDX-License-Identifier: Apache-2.0
"""The benchmark's tables, in Markdown, out of the results of its rounds."""
import statistics

ROWS = [
    # row, its pipe, what it is
    ("pipe-ingest", "pipe-ingest", "raw pipe, ingest's outputs"),
    ("ingest", "pipe-ingest", "**ingest**"),
    ("pipe-scenario", "pipe-scenario", "raw pipe, scenario's outputs"),
    ("scenario", "pipe-scenario", "**scenario**"),
    ("audit", None, "**audit**"),
]
CPU = ("worker", "loop", "redis", "kafka", "postgres")


def median(values):
    """Of an even number of rounds what lies in the middle: whole where the values are."""
    middle = statistics.median(values)
    return round(middle) if all(isinstance(value, int) for value in values) else middle


def span(values, form):
    """The median, and what the rounds differed by."""
    low, high = (format(end(values), form) for end in (min, max))
    middle = format(median(values), form)
    return middle if low == high else f"{middle} ({low} to {high})"


def line(*cells):
    return "| " + " | ".join(cells) + " |"


def head(*cells):
    return [line(*cells), line(*("---" for _ in cells))]


def throughput(rounds):
    yield from head("", "events/s", "of the pipe", *(f"{who} us" for who in CPU), "peak MB",
                    "events/txn", "records out/event", "foreign")
    for row, pipe, title in ROWS:
        ran = [one[row] for one in rounds]
        ratio = [one[row].events_per_s / one[pipe].events_per_s for one in rounds] if pipe else []
        yield line(title, span([r.events_per_s for r in ran], ",.0f"),
                   span(ratio, ".2f") if pipe and row != pipe else "",
                   *(f"{median([r.cpu_us[who] for r in ran]):.1f}" for who in CPU),
                   f"{median([r.peak_mb for r in ran]):.0f}" if row != pipe else "",
                   f"{median([r.events / max(1, r.transactions) for r in ran]):,.0f}",
                   f"{median([r.outputs / r.events for r in ran]):.2f}",
                   f"{100 * median([r.foreign for r in ran]):.0f} %")


def steps(rounds):
    """Where the loop's thread was found, in percent of all looks."""
    yield from head("", "where the loop was found, percent of all looks")
    for row in ("ingest", "scenario", "audit"):
        names = {step for one in rounds for step in one[row].steps}
        shares = {name: median([one[row].steps.get(name, 0) for one in rounds]) for name in names}
        yield line(row, ", ".join(f"{name} {100 * share:.0f}" for name, share in
                                  sorted(shares.items(), key=lambda s: -s[1]) if share >= 0.01))


def others(rounds):
    yield from head("", "")
    yield line("Redis, bytes per record of scenario",
               span([one["redis_bytes_per_record"] for one in rounds], ".0f"))
    yield line("records of scenario in Redis", span([one["redis_records"] for one in rounds], ",d"))
    yield line("rebuild after FLUSHALL until ready, s",
               span([one["rebuild"]["seconds"] for one in rounds], ".1f"))
    yield line("rebuild, changelog records/s",
               span([one["rebuild"]["restored"] / one["rebuild"]["seconds"] for one in rounds], ",.0f"))
    for name, title in (("idle", "idle"), ("half", "half load")):
        flows = [one[name] for one in rounds]
        rate = span([flow["per_second"] for flow in flows], ",.0f")
        for key in ("p50", "p99", "max"):
            yield line(f"payment to fact, {title} ({rate} events/s), {key}, ms",
                       span([flow[f"{key}_ms"] for flow in flows], ",.0f"))
        yield line("... payments measured; sender late, p99, ms",
                   span([flow["payments"] for flow in flows], ",d") + "; "
                   + span([flow["late_p99_ms"] for flow in flows], ".1f"))


def machine(facts):
    yield from head("", "")
    for what, value in facts:
        yield line(what, value)


def whole(rounds, facts):
    parts = (throughput(rounds), steps(rounds), others(rounds), machine(facts))
    return "\n\n".join("\n".join(part) for part in parts)
