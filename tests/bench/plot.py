"""The picture of a run: events a second against the number of events, and against the round trip, as SVG by hand. (A plotting library would bring
46 packages for two panels of lines.)"""

import math

WIDTH, HEIGHT, MARGIN = 460, 340, 62
COLOURS = ["#1f6fb4", "#d1495b", "#5b8c3a"]


class Panel:
    """A pair of axes, both logarithmic or the horizontal one linear, with lines in it."""

    def __init__(self, left, title, horizontal, lines, logarithmic):
        self.left, self.title, self.horizontal, self.lines, self.logarithmic = left, title, horizontal, lines, logarithmic
        points = [point for _, line in lines for point in line]
        self.low_x, self.high_x = self.range_of([x for x, _ in points], logarithmic)
        self.low_y, self.high_y = self.range_of([y for _, y in points], True)

    @staticmethod
    def range_of(values, logarithmic):
        if logarithmic:
            return 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values) * 1.01))
        return 0, max(values) or 1

    @staticmethod
    def share(value, low, high, logarithmic):
        if logarithmic:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def x(self, value):
        return self.left + MARGIN + self.share(value, self.low_x, self.high_x, self.logarithmic) * (WIDTH - 2 * MARGIN)

    def y(self, value):
        return HEIGHT - MARGIN - self.share(value, self.low_y, self.high_y, True) * (HEIGHT - 2 * MARGIN)

    def draw(self):
        yield text(self.left + WIDTH / 2, 24, self.title, "middle", 14)
        yield text(self.left + WIDTH / 2, HEIGHT - 18, self.horizontal, "middle")
        for value in decades(self.low_y, self.high_y):
            yield line([(self.x(self.low_x), self.y(value)), (self.x(self.high_x), self.y(value))], "#ddd", 1)
            yield text(self.left + MARGIN - 6, self.y(value) + 4, f"{value:,.0f}", "end")
        for value in decades(self.low_x, self.high_x) if self.logarithmic else sorted({x for _, points in self.lines for x, _ in points}):
            yield text(self.x(value), HEIGHT - MARGIN + 18, f"{value:,.0f}", "middle")
        for number, (name, points) in enumerate(self.lines):
            colour = COLOURS[number]
            yield line([(self.x(x), self.y(y)) for x, y in points], colour, 2)
            for x, y in points:
                yield f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5" fill="{colour}"/>'
            yield text(self.left + MARGIN, 46 + 16 * number, name, "start", 12, colour)


def decades(low, high):
    return [10**power for power in range(round(math.log10(low)), round(math.log10(high)) + 1)]


def line(points, colour, width):
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def text(x, y, words, anchor, size=12, colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{words}</text>'


def draw(cases, medians):
    """None if the run has no two points to draw a line between."""

    def lines(place, *ways):
        found = []
        for way, name in ways:
            points = [(place(case), medians[case.name]["rate"]) for case in cases if case.name.startswith(way) and place(case) is not None]
            if len(points) > 1:
                found.append((name, sorted(points)))
        return found

    sizes = lines(lambda case: case.events if "@" in case.name else None, ("first@", "pcasctl backfill, all defaults"), ("floor@", "bulk floor: COPY and one UPDATE"))
    trips = lines(lambda case: case.round_trip, ("first+", "pcasctl backfill, all defaults"), ("original+", "one UPDATE per event"))
    panels = []
    if sizes:
        panels.append(Panel(0, "Events a second, by number of events", "events", sizes, True))
    if trips:
        panels.append(Panel(WIDTH * len(panels), "Events a second, by round trip", "milliseconds", trips, False))
    width = WIDTH * len(panels)
    elements = "\n".join(element for panel in panels for element in panel.draw())
    return f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" font-family="sans-serif">
<rect width="100%" height="100%" fill="white"/>
{elements}
</svg>
'''
