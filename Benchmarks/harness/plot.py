"""Curves as SVG, with both axes logarithmic, without any library."""
import math

COLOURS = ["#1f6feb", "#d1570a", "#1a7f37", "#8250df", "#bf3989", "#57606a"]


def svg(title, unit, series):
    """The text of an SVG picture; series are {name: [(x, y), …]}."""
    width, height, left, bottom, top = 720, 360, 80, 50, 40
    right = 190
    points = [point for line in series.values() for point in line if point[1]]
    if not points:
        return None
    x0, x1 = (math.floor(math.log10(min(x for x, _ in points))),
              math.ceil(math.log10(max(x for x, _ in points))))
    y0, y1 = (math.floor(math.log10(min(y for _, y in points))),
              math.ceil(math.log10(max(y for _, y in points))))
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)

    def place(x, y):
        return (left + (math.log10(x) - x0) / (x1 - x0) * (width - left - right),
                height - bottom - (math.log10(y) - y0) / (y1 - y0) * (height - bottom - top))

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           'font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           f'<text x="{left}" y="22" font-size="14">{escape(title)}</text>']
    for power in range(x0, x1 + 1):
        x, _ = place(10 ** power, 10 ** y0)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{height - bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{x:.1f}" y="{height - bottom + 18}" text-anchor="middle">{short(power)}</text>')
    for power in range(y0, y1 + 1):
        _, y = place(10 ** x0, 10 ** power)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{short(power)}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle">events</text>')
    out.append(f'<text x="18" y="{(top + height - bottom) / 2}" text-anchor="middle" '
               f'transform="rotate(-90 18 {(top + height - bottom) / 2})">{escape(unit)}</text>')
    for index, (name, line) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        places = [place(x, y) for x, y in line if y]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        y = top + 16 + index * 18
        out.append(f'<rect x="{width - right + 14}" y="{y - 9}" width="12" height="10" fill="{colour}"/>')
        out.append(f'<text x="{width - right + 32}" y="{y}">{escape(name)}</text>')
    return "\n".join(out + ["</svg>", ""])


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def short(power):
    """10 to a power for an axis."""
    if power < 0:
        return f"{10.0 ** power:g}"
    return {0: "1", 1: "10", 2: "100"}.get(power) or (
        f"{10 ** (power - 3)}k" if power < 6 else f"{10 ** (power - 6)}M")
