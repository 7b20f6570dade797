"""The picture of a run: events a second against the number of events, and against the round trip, as SVG by hand. (A plotting library would bring
46 packages for two panels of lines.)"""

import math
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 360
LEFT, RIGHT, TOP, BOTTOM = 76, 30, 84, 62
COLOURS = ["#1f6fb4", "#d1495b"]


@dataclass
class Axis:
    low: float
    high: float
    ticks: list
    logarithmic: bool
    shift: float = 0  # added before the logarithm is taken, so that an axis can begin at 0

    def share(self, value):
        """Where a value lies between the ends, from 0 to 1."""
        if self.logarithmic:
            low = self.low + self.shift
            return math.log((value + self.shift) / low) / math.log((self.high + self.shift) / low)
        return (value - self.low) / (self.high - self.low)


def axis_through(values):
    """Logarithmic, ends at the values' own, with a tick at each."""
    values = sorted(set(values))
    return Axis(values[0], values[-1], values, True, shift=1)


def axis_from_zero(values):
    step = 10 ** math.floor(math.log10(max(values)))
    step = step if max(values) / step >= 4 else step / 4
    count = math.ceil(max(values) / step)
    return Axis(0, step * count, [step * number for number in range(count + 1)], False)


def axis_of_decades(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(10**low, 10**high, [10**power for power in range(low, high + 1)], True)


def panel(left, title, horizontal, lines, x_axis, y_axis):
    def x(value):
        return left + LEFT + x_axis.share(value) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - y_axis.share(value) * (HEIGHT - TOP - BOTTOM)

    yield words(left + LEFT, 26, title, "start", 15)
    yield words(left + (WIDTH + LEFT - RIGHT) / 2, HEIGHT - 18, horizontal, "middle")
    for tick in y_axis.ticks:
        yield path([(x(x_axis.low), y(tick)), (x(x_axis.high), y(tick))], "#ddd", 1)
        yield words(left + LEFT - 8, y(tick) + 4, f"{tick:,.0f}", "end")
    for tick in x_axis.ticks:
        yield words(x(tick), HEIGHT - BOTTOM + 20, short(tick), "middle")
    for number, (name, points) in enumerate(lines):
        yield path([(x(across), y(up)) for across, up in points], COLOURS[number], 2)
        for across, up in points:
            yield f'<circle cx="{x(across):.1f}" cy="{y(up):.1f}" r="3.5" fill="{COLOURS[number]}"/>'
        yield words(left + LEFT, 46 + 17 * number, name, "start", 12, COLOURS[number])


def short(number):
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if number >= unit:
            return f"{number / unit:g}{name}"
    return f"{number:g}"


def path(points, colour, width):
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def words(x, y, text, anchor, size=12, colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{text}</text>'


def draw(cases, medians):
    """One panel for each sweep that the run has."""

    def lines_of(place, **ways):
        lines = []
        for way, name in ways.items():
            points = sorted((place(case), medians[case.name]["rate"]) for case in cases if case.way == way and place(case) is not None)
            if len(points) > 1:
                lines.append((name, points))
        return lines

    sizes = lines_of(lambda case: case.events if "@" in case.name else None, pcasctl="pcasctl backfill, all defaults",
                     floor="bulk floor: COPY to staging, one UPDATE ... FROM")
    trips = lines_of(lambda case: case.round_trip, pcasctl="pcasctl backfill, all defaults", original="one UPDATE per event")
    panels = []
    for title, horizontal, lines, vertical in (
            ("Events a second, by number of events", "events", sizes, axis_from_zero),
            ("Events a second, by round trip", "milliseconds", trips, axis_of_decades)):
        if lines:
            points = [point for _, line in lines for point in line]
            panels.append(panel(WIDTH * len(panels), title, horizontal, lines, axis_through([x for x, _ in points]),
                                vertical([y for _, y in points])))
    width = WIDTH * len(panels)
    elements = "\n".join(element for part in panels for element in part)
    return f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" font-family="sans-serif">
<rect width="100%" height="100%" fill="white"/>
{elements}
</svg>
'''
