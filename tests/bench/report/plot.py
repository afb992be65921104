# SPDX-License-Identifier: GPL-2.0-only
"""Plots of lines on logarithmic axes, as SVG in a page."""
import html
import math
from dataclasses import dataclass

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 96, 12, 44
# Lines differ by their dashes, too, not only by their colours.
DASHES = ["", "7 3", "2 3", "9 3 2 3"]
LABEL = 14


@dataclass
class Plot:
    """A plot of several lines. lines maps the name of each line to its points."""
    title: str
    x_name: str
    y_name: str
    lines: dict
    names: dict = None
    x_log: bool = True

    def points(self):
        """Return the points of all lines."""
        return [point for line in self.lines.values() for point in line]


class Axis:
    """An axis, which converts values to positions."""

    def __init__(self, values, start, end, log):
        self.log = log
        low, high = min(values), max(values)
        if log:
            low, high = math.floor(math.log10(low)), math.ceil(math.log10(high))
        self.low, self.high = low, max(high, low + 1)
        self.start, self.end = start, end

    def place(self, value):
        """Return the position of a value."""
        value = math.log10(value) if self.log else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Return the powers of ten. If there are only two, add values between them."""
        powers = [10.0 ** power for power in range(int(self.low), int(self.high) + 1)]
        return powers if len(powers) > 2 else [powers[0], 2 * powers[0], 5 * powers[0], powers[1]]


def short(value):
    """Return a number for the label of an axis."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def text(x, y, words, anchor="start", more=""):
    """Return a text element."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(words)}</text>'


def spread_out(places):
    """Move labels so that they do not overlap."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for before, i in zip(order, order[1:]):
        moved[i] = max(moved[i], moved[before] + LABEL)
    return moved


def grid(plot, x, y):
    """Return the axes, their lines and labels."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for value in y.ticks():
        at = y.place(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(text(LEFT - 6, at + 4, short(value), "end"))
    names = plot.names or {value: short(value) for value in x.ticks()}
    for value, name in names.items():
        at = x.place(value)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(text(at, bottom + 16, name, "middle"))
    middle = (TOP + bottom) / 2
    parts.append(text((LEFT + right) / 2, HEIGHT - 8, plot.x_name, "middle"))
    parts.append(text(12, middle, plot.y_name, "middle",
                      f' transform="rotate(-90 12 {middle:.1f})"'))
    return parts


def svg(plot):
    """Return the plot as an SVG element."""
    points = plot.points()
    x = Axis([point[0] for point in points], LEFT, WIDTH - RIGHT, plot.x_log)
    y = Axis([point[1] for point in points], HEIGHT - BOTTOM, TOP, True)
    parts = grid(plot, x, y)
    labels = spread_out([y.place(line[-1][1]) for line in plot.lines.values()])
    for i, (name, line) in enumerate(plot.lines.items()):
        places = [(x.place(a), y.place(b)) for a, b in line]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        parts.append(f'<polyline class="line{i}" points="{path}" stroke-dasharray="{DASHES[i]}"/>')
        parts += [f'<circle class="line{i}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in places]
        parts.append(f'<line class="lead" x1="{places[-1][0] + 4:.1f}" y1="{places[-1][1]:.1f}"'
                     f' x2="{WIDTH - RIGHT + 12}" y2="{labels[i]:.1f}"/>')
        parts.append(text(WIDTH - RIGHT + 14, labels[i] + 4, name))
    words = f"{plot.title}: {plot.y_name} over {plot.x_name}; the figures are in the table below"
    return (f'<svg role="img" viewBox="0 0 {WIDTH} {HEIGHT}" aria-label="{html.escape(words)}">'
            f'{"".join(parts)}</svg>')


def figures(plot):
    """Return the points as rows of words. The first row is the head."""
    names = plot.names or {}
    values = sorted({point[0] for point in plot.points()})
    rows = [[plot.x_name, *plot.lines]]
    for value in values:
        cells = [next((f"{b:.4g}" for a, b in line if a == value), "")
                 for line in plot.lines.values()]
        rows.append([names.get(value, f"{value:.0f}"), *cells])
    return rows
