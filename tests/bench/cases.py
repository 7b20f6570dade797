"""What is measured: each case is one way of doing the work, from one state of the table, over one link."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    way: str  # which competitor, see ways.py
    title: str
    events: int
    rows: int  # of the table; the events are its first
    state: str = "fresh"  # see vectors.py
    options: tuple = ()  # of pcasctl
    round_trip: float = None  # milliseconds, through the proxy; None: straight to the server's socket


SIZES = (10_000, 200_000, 1_000_000, 2_000_000)
QUICK_SIZES = (500, 1_000)
ROUND_TRIPS = (0, 1, 5, 20, 100)
QUICK_ROUND_TRIPS = (0, 5)

FIRST = "first run, all defaults"
ORIGINAL = "one UPDATE per event"
FLOOR = "bulk floor: COPY to staging, one UPDATE ... FROM"


def all_cases(events, quick, connections):
    """`connections(n)` are the options that ask pcasctl for n connections."""
    few = events // 20  # the slow ones have a rate that does not depend on how long it is watched

    def case(name, way, title, count=events, **more):
        return Case(name, way, title, count, **{"rows": events, **more})

    cases = [
        case("original", "original", ORIGINAL, few),
        case("execute-values", "execute_values", "psycopg2 script, execute_values of 1000"),
        case("floor", "floor", FLOOR),
        case("first", "pcasctl", FIRST),
        case("one-connection", "pcasctl", "first run, one connection", options=connections(1)),
        case("one-connection-500", "pcasctl", "first run, one connection, -b 500", options=(*connections(1), "-b", "500")),
        case("four-connections", "pcasctl", "first run, four connections", options=connections(4)),
        case("batch-500", "pcasctl", "first run, -b 500", options=("-b", "500")),
        case("batch-1000", "pcasctl", "first run, -b 1000", options=("-b", "1000")),
        case("rerun", "pcasctl", "re-run, nothing to change", state="done"),
        case("stale", "pcasctl", "re-run, 1 % of the rows stale", state="stale"),
        case("dry-run", "pcasctl", "dry run", options=("--dry-run",)),
        case("read", "read", "reading and extracting alone, one core"),
    ]
    for round_trip in QUICK_ROUND_TRIPS if quick else ROUND_TRIPS:
        # Some ten seconds' worth: a thousand round trips of one millisecond are a second, at best.
        waited_for = few if round_trip == 0 else min(few, 10_000 // round_trip)
        cases += [
            case(f"first+{round_trip}ms", "pcasctl", f"{FIRST}, {round_trip} ms", round_trip=round_trip),
            case(f"original+{round_trip}ms", "original", f"{ORIGINAL}, {round_trip} ms", waited_for, round_trip=round_trip),
        ]
    for size in QUICK_SIZES if quick else SIZES:
        cases += [
            case(f"first@{size}", "pcasctl", f"{FIRST}, {size:,} events", size, rows=size),
            case(f"floor@{size}", "floor", f"bulk floor, {size:,} events", size, rows=size),
        ]
    return cases
