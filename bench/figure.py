# SPDX-License-Identifier: MIT
"""A figure of panels with logarithmic axes, as SVG that is readable on light and dark."""
import html
import math

PANEL_W, PANEL_H = 330, 230
LEFT, TOP, RIGHT, BOTTOM = 58, 40, 16, 46
STYLE = """
text { font: 12px sans-serif; fill: #222 } .title { font-weight: bold; font-size: 13px }
.grid { stroke: #ddd } .frame { stroke: #888; fill: none }
.line { fill: none; stroke-width: 2 } .background { fill: #fff }
.s0 { stroke: #0060a8 } .s1 { stroke: #b8500a } .s2 { stroke: #5a5a5a }
.d0 { fill: #0060a8 } .d1 { fill: #b8500a } .d2 { fill: #5a5a5a }
@media (prefers-color-scheme: dark) {
text { fill: #e4e4e4 } .grid { stroke: #3a3a3a } .background { fill: #161616 }
.s0 { stroke: #6cb6ff } .s1 { stroke: #f5a35c } .s2 { stroke: #b0b0b0 }
.d0 { fill: #6cb6ff } .d1 { fill: #f5a35c } .d2 { fill: #b0b0b0 } }
"""


def decades(values):
    """The powers of ten around all of them."""
    return math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)


def power(exponent):
    """0.01, 1, 100, 10k, 1M."""
    if exponent < 3:
        return f"{10.0 ** exponent:g}"
    return f"{10 ** (exponent % 3)}{'kMGT'[exponent // 3 - 1]}"


class Panel:
    def __init__(self, column, row, x_range, y_range):
        self.left, self.top = column * PANEL_W + LEFT, row * PANEL_H + TOP
        self.width, self.height = PANEL_W - LEFT - RIGHT, PANEL_H - TOP - BOTTOM
        self.x_range, self.y_range = x_range, y_range

    def x(self, value):
        low, high = self.x_range
        return self.left + self.width * (math.log10(value) - low) / max(high - low, 1)

    def y(self, value):
        low, high = self.y_range
        return self.top + self.height * (1 - (math.log10(value) - low) / max(high - low, 1))

    def axes(self, title, x_label):
        right, bottom = self.left + self.width, self.top + self.height
        for exponent in range(self.x_range[0], self.x_range[1] + 1):
            x = self.x(10.0 ** exponent)
            yield f'<path class="grid" d="M{x:.1f} {self.top}V{bottom}"/>'
            yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{power(exponent)}</text>'
        for exponent in range(self.y_range[0], self.y_range[1] + 1):
            y = self.y(10.0 ** exponent)
            yield f'<path class="grid" d="M{self.left} {y:.1f}H{right}"/>'
            yield f'<text x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{power(exponent)} s</text>'
        yield f'<rect class="frame" x="{self.left}" y="{self.top}" width="{self.width}" height="{self.height}"/>'
        yield f'<text class="title" x="{self.left}" y="{self.top - 10}">{html.escape(title)}</text>'
        yield (f'<text x="{self.left + self.width / 2}" y="{bottom + 34}" text-anchor="middle">'
               f'{html.escape(x_label)}</text>')

    def line(self, number, points):
        path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        yield f'<path class="line s{number}" d="M{path}"/>'
        for x, y in points:
            yield f'<circle class="d{number}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5"/>'


def draw(path, title, names, panels):
    """`panels`: (title, label of x, {name: [(x, seconds), ...]}), two in a row; `names` in their order."""
    width, height = 2 * PANEL_W, (len(panels) + 1) // 2 * PANEL_H + 56
    y_range = decades([y for _, _, lines in panels for points in lines.values() for _, y in points])
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
             f'height="{height}" role="img"><title>{html.escape(title)}</title><style>{STYLE}</style>',
             f'<rect class="background" width="{width}" height="{height}"/>',
             f'<text class="title" x="{LEFT}" y="22">{html.escape(title)}</text>']
    x = LEFT
    for number, name in enumerate(names):
        parts.append(f'<path class="line s{number}" d="M{x} 42h22"/><circle class="d{number}" cx="{x + 11}" cy="42" '
                     f'r="3.5"/><text x="{x + 28}" y="46">{html.escape(name)}</text>')
        x += 50 + 7 * len(name)
    parts.append('<g transform="translate(0 56)">')
    for at, (panel_title, x_label, lines) in enumerate(panels):
        panel = Panel(at % 2, at // 2, decades([x for points in lines.values() for x, _ in points]), y_range)
        parts += panel.axes(panel_title, x_label)
        for number, name in enumerate(names):
            if name in lines:
                parts += panel.line(number, lines[name])
    parts.append("</g></svg>\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts))
