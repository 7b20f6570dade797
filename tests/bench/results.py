"""From measurements to medians, ratios and the table: what has to hold is stated here, once."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Requirement:
    case: str
    against: str  # a case, or "" for an absolute bound
    quantity: str  # "rate", "seconds", "peak_mib", "wal_per_event" or "rows_written"
    bound: float
    at_least: bool
    title: str

    def value(self, medians):
        value = medians[self.case][self.quantity]
        return value / medians[self.against][self.quantity] if self.against else value

    def holds(self, medians):
        value = self.value(medians)
        return value >= self.bound if self.at_least else value <= self.bound


def at_least(case, against, bound, title):
    return Requirement(case, against, "rate", bound, True, title)


def at_most(case, against, quantity, bound, title):
    return Requirement(case, against, quantity, bound, False, title)


REQUIREMENTS = [
    at_least("first", "original", 15, "first run, all defaults / one UPDATE per event"),
    at_least("one-connection", "floor", 1.0, "first run, one connection / bulk floor"),
    at_least("one-connection-500", "floor", 1.0, "first run, one connection, -b 500 as in the guide / bulk floor"),
    at_least("first", "floor", 1.5, "first run, all defaults / bulk floor"),
    at_least("first+5ms", "first", 0.9, "first run with 5 ms of round trip / without"),
    at_least("first+5ms", "first+0ms", 0.9, "first run with 5 ms of round trip / through the proxy without delay"),
    at_least("first+5ms", "original+5ms", 200, "first run / one UPDATE per event, both with 5 ms"),
    at_least("rerun", "first", 3.0, "re-run, nothing to change / first run"),
    at_most("rerun", "", "rows_written", 0, "  row versions that it writes"),
    at_most("rerun", "", "wal_per_event", 1, "  bytes of WAL for each event"),
    at_least("stale", "first", 2.5, "re-run, 1 % stale / first run"),
    at_least("dry-run", "first", 2.0, "dry run / first run"),
    at_least("read", "", 500_000, "reading and extracting alone, events a second"),
    at_most("first@1000000", "first@10000", "peak_mib", 1.2, "peak memory of a million events / ten thousand"),
    at_most("first@1000000", "", "peak_mib", 48, "  in MiB"),
    at_most("first@2000000", "first@200000", "seconds", 10.5, "time of two million events / a tenth of them"),
]


def compared(names):
    """The names in sets: those that requirements compare with each other, also by way of others, are in one."""
    sets = {name: frozenset([name]) for name in names}
    for requirement in REQUIREMENTS:
        if requirement.case in sets and requirement.against in sets:
            joined = sets[requirement.case] | sets[requirement.against]
            sets.update(dict.fromkeys(joined, joined))
    return list(dict.fromkeys(sets.values()))


def medians_of(runs):
    """runs: for each case the list of its measurements."""
    medians = {}
    for name, measured in runs.items():
        medians[name] = {quantity: statistics.median(run[quantity] for run in measured) for quantity in measured[0]}
        rates = [run["rate"] for run in measured]
        medians[name].update(slowest=min(rates), fastest=max(rates), runs=len(measured))
    return medians


def table(cases, medians, wanted):
    lines = [f"{'case':<52}{'events':>10}{'events/s':>10}{'from':>9}{'to':>9}{'x original':>11}{'x floor':>9}{'peak MiB':>10}{'WAL B/event':>13}"]
    for case in cases:
        if case.name not in medians:
            continue
        median = medians[case.name]
        lines.append(f"{case.title:<52}{case.events:>10,}{median['rate']:>10,.0f}{median['slowest']:>9,.0f}{median['fastest']:>9,.0f}"
                     f"{ratio(medians, case.name, 'original'):>11}{ratio(medians, case.name, 'floor'):>9}"
                     f"{figure(median, 'peak_mib', '.1f'):>10}{figure(median, 'wal_per_event', ',.1f'):>13}")
        if "update_rate" in median:
            lines.append(f"{'  of which the UPDATE alone':<52}{'':>10}{median['update_rate']:>10,.0f}")
    if wanted:
        lines += ["", f"{'must hold':<70}{'measured':>12}{'bound':>14}"]
    for requirement in wanted:
        lines.append(f"{requirement.title:<70}{requirement.value(medians):>12,.2f}{'>=' if requirement.at_least else '<=':>4}"
                     f"{requirement.bound:>10,.10g}  {'holds' if requirement.holds(medians) else 'DOES NOT HOLD'}")
    return "\n".join(lines)


def ratio(medians, name, other):
    return f"{medians[name]['rate'] / medians[other]['rate']:.2f}" if other in medians else ""


def figure(median, quantity, form):
    return format(median[quantity], form) if quantity in median else ""


def as_json(cases, runs, medians, wanted, conditions):
    return {
        "conditions": conditions,
        "cases": [{"name": case.name, "title": case.title, "events": case.events, "median": medians[case.name], "runs": runs[case.name]}
                  for case in cases if case.name in medians],
        "requirements": [{"title": r.title.strip(), "case": r.case, "against": r.against or None, "quantity": r.quantity,
                          "at_least" if r.at_least else "at_most": r.bound, "measured": r.value(medians), "holds": r.holds(medians)}
                         for r in wanted],
    }
