"""The page of results: sections with tables, targets and curves."""


def number(value, unit=""):
    """A number for people."""
    if value is None:
        return "–"
    if value >= 100_000:
        text = f"{value / 1000:,.0f}k"
    elif value >= 1000:
        text = f"{value:,.0f}"
    elif value >= 100:
        text = f"{value:.0f}"
    elif value >= 1:
        text = f"{value:.2f}"
    else:
        text = f"{value:.3f}"
    return text + unit


class Section:
    """What one measure has to say."""

    def __init__(self, title, text=""):
        self.title = title
        self.text = text
        self.tables = []
        self.targets = []
        self.curves = []
        self.notes = []

    def table(self, header, rows):
        """Adds a table; cells that are numbers are formatted."""
        self.tables.append((header, rows))

    def target(self, what, value, goal, missed, at_least=True, unit="×"):
        """Adds a target; `missed` says why it is missed, when it is, and what would close it."""
        assert missed, f"{what}: nothing is said of why it is missed"
        if value is None:
            state = "not measured"
        else:
            state = "met" if (value >= goal if at_least else value <= goal) else "**missed**"
        self.targets.append((what, value, goal, at_least, unit, state, missed))

    def curve(self, name, title, unit, series):
        """Adds a plot with both axes logarithmic: series are {name: [(x, y), …]}."""
        self.curves.append((name, title, unit, series))

    def markdown(self, is_untimed=False):
        """The section as it stands in the page; without verdicts when times mean nothing."""
        lines = [f"## {self.title}", ""]
        if self.text:
            lines += [self.text, ""]
        for header, rows in self.tables:
            lines.append("| " + " | ".join(header) + " |")
            lines.append("|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|")
            for row in rows:
                cells = [cell if isinstance(cell, str) else number(cell) for cell in row]
                lines.append("| " + " | ".join(cells) + " |")
            lines.append("")
        for name, title, _, _ in self.curves:
            lines += [f"![{title}](images/bench-{name}.svg)", ""]
        for what, value, goal, at_least, unit, state, missed in [] if is_untimed else self.targets:
            sign = "≥" if at_least else "≤"
            line = f"- {what}: **{number(value, unit)}**, wanted {sign} {number(goal, unit)}: {state}"
            if state == "**missed**":
                line += f". {missed}"
            lines.append(line)
        if self.targets and not is_untimed:
            lines.append("")
        for note in self.notes:
            lines += [note, ""]
        return "\n".join(lines)
