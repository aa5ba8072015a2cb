import Ledger

/// Draws a timeline as SVG: labels in steps above the axis, bars below it.
///
/// Labels go down from left to right so that no line from a label to the axis crosses another
/// label; colours come from the page's style sheet, and every bar has a word beside it.
struct TimelineDrawing {
    private static let width = 1000.0
    private static let left = 112.0
    private static let right = 806.0
    private static let rowHeight = 17.0
    private static let laneHeight = 25.0
    private static let longestLabel = 32
    /// Beyond so many marks only numbers fit.
    private static let mostLabels = 26

    private let timeline: Timeline
    private let axis: TimeAxis
    private let rows: [Int]
    private let labels: [String]
    private let id: String

    /// The drawing of a timeline; nil when there is nothing on it.
    init?(_ timeline: Timeline, id: String) {
        let moments = timeline.moments
        guard !moments.isEmpty else { return nil }
        self.timeline = timeline
        self.id = id
        let axis = TimeAxis(moments, left: Self.left, right: Self.right)
        self.axis = axis
        let isLong = timeline.marks.count > Self.mostLabels
        let labels = timeline.marks.map { mark in
            isLong
                ? "\(mark.number)"
                : "\(mark.number) \(TextWidth.fitted(mark.label, to: Self.longestLabel))"
        }
        self.labels = labels
        rows = Self.rows(timeline.marks.map { axis.x($0.time) }, labels.map { Self.width(of: $0) })
    }

    /// The row of each label, 0 nearest to the axis: above every label that begins beneath it.
    private static func rows(_ places: [Double], _ widths: [Double]) -> [Int] {
        var rows = [Int](repeating: 0, count: places.count)
        for index in places.indices.reversed() {
            let end = places[index] + widths[index] + 6
            let covered = (index + 1..<places.count).filter { places[$0] <= end }
            rows[index] = covered.map { rows[$0] + 1 }.max() ?? 0
        }
        return rows
    }

    /// About how wide a label is drawn at 11 pixels; wide characters take two columns.
    private static func width(of label: String) -> Double {
        Double(TextWidth.columns(label)) * 6.1
    }

    /// Where each label stands: its left edge, its width and its row, 0 nearest to the axis.
    var placements: [(x: Double, width: Double, row: Int)] {
        timeline.marks.indices.map {
            (axis.x(timeline.marks[$0].time), Self.width(of: labels[$0]), rows[$0])
        }
    }

    private var axisY: Double { 14 + Double((rows.max() ?? -1) + 1) * Self.rowHeight + 8 }
    private var lanesY: Double { axisY + 44 }
    private var bottom: Double { lanesY + Double(timeline.lanes.count) * Self.laneHeight }

    /// The drawing.
    var markup: Markup {
        let height = bottom + 30
        return element(
            "svg", Attribute("viewBox", "0 0 \(Int(Self.width)) \(Int(height.rounded(.up)))"),
            Attribute("xmlns", "http://www.w3.org/2000/svg"), Attribute("role", "img"),
            Attribute("aria-labelledby", "\(id)-title \(id)-description"),
            .class("timeline")
        ) {
            element("title", .id("\(id)-title")) { timeline.title }
            element("desc", .id("\(id)-description")) { timeline.description }
            scale
            marks
            for (index, lane) in timeline.lanes.enumerated() {
                self.lane(lane, y: lanesY + Double(index) * Self.laneHeight)
            }
            legend(y: bottom + 18)
        }
    }

    private func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
    ) -> Markup {
        element(
            "line", Attribute("x1", x1), Attribute("y1", y1), Attribute("x2", x2),
            Attribute("y2", y2), .class(style))
    }

    private func label(
        _ text: String, _ x: Double, _ y: Double, _ style: String, anchor: String = "start"
    ) -> Markup {
        element(
            "text", Attribute("x", x), Attribute("y", y), .class(style),
            Attribute("text-anchor", anchor)
        ) { text }
    }

    /// The axis with its ticks, its dates and its cuts.
    private var scale: Markup {
        var pieces: [Markup] = []
        for part in axis.parts {
            pieces.append(line(part.left, axisY, part.right, axisY, "axis"))
            pieces.append(
                label(String(part.from.description.prefix(10)), part.left, axisY + 30, "date"))
        }
        for cut in axis.cuts {
            let middle = (cut.left + cut.right) / 2
            pieces.append(
                element(
                    "rect", Attribute("x", cut.left + 3), Attribute("y", lanesY - 6),
                    Attribute("width", cut.right - cut.left - 6),
                    Attribute("height", bottom - lanesY + 6), .class("cut")
                ) { element("title") { "\(Duration.text(cut.length)) left out" } })
            pieces.append(line(middle - 5, axisY + 4, middle - 1, axisY - 4, "axis"))
            pieces.append(line(middle + 1, axisY + 4, middle + 5, axisY - 4, "axis"))
        }
        for tick in axis.ticks(apart: 46) {
            pieces.append(line(tick.x, axisY, tick.x, axisY + 4, "axis"))
            pieces.append(line(tick.x, lanesY - 6, tick.x, bottom, "grid"))
            pieces.append(
                label(
                    String(tick.time.description.dropFirst(11).prefix(5)), tick.x, axisY + 16,
                    "tick", anchor: "middle"))
        }
        return Markup(pieces)
    }

    private var marks: Markup {
        var pieces: [Markup] = []
        for (index, mark) in timeline.marks.enumerated() {
            let x = axis.x(mark.time)
            let y = axisY - 10 - Double(rows[index]) * Self.rowHeight
            pieces.append(
                element("g") {
                    element("title") { "\(mark.time.short) \(mark.label)" }
                    line(x, y + 3, x, axisY, "leader")
                    element(
                        "circle", Attribute("cx", x), Attribute("cy", axisY), Attribute("r", 2.5),
                        .class("mark"))
                    label(labels[index], x - 1, y, "label")
                })
        }
        return Markup(pieces)
    }

    private func lane(_ lane: Timeline.Lane, y: Double) -> Markup {
        var pieces = [
            label(TextWidth.fitted(lane.title, to: 17), 0, y + 13, "lane"),
            line(Self.left, y + Self.laneHeight - 3, Self.right, y + Self.laneHeight - 3, "grid"),
        ]
        var ends: [Double] = []
        for bar in lane.bars {
            let from = axis.x(bar.from)
            // What is an instant on this scale is still to be seen.
            let to = max(axis.x(bar.to ?? timeline.now), from + 2)
            // Lives are thin, so that maintenance stands on them; the allowance frames what was taken.
            let height = bar.kind == .life ? 4.0 : bar.kind == .allowance ? 17 : 12
            pieces.append(
                element(
                    "rect", Attribute("x", from), Attribute("y", y + 9 - height / 2),
                    Attribute("width", to - from), Attribute("height", height),
                    Attribute("rx", 1.5), .class("bar", bar.kind.rawValue)
                ) { element("title") { bar.text } })
            if bar.kind != .life { ends.append(to) }
        }
        for (index, bar) in lane.bars.filter({ $0.kind != .life }).enumerated()
        where !bar.label.isEmpty {
            let width = Self.width(of: bar.label)
            // Beside the longest bar that begins with it, unless another bar stands there.
            let end =
                zip(lane.bars.filter { $0.kind != .life }, ends)
                .filter { $0.0.from == bar.from }.map(\.1).max() ?? ends[index]
            let next =
                lane.bars.filter { $0.kind != .life && $0.from > bar.from }
                .map { axis.x($0.from) }.min() ?? Self.width
            if end + 5 + width < next {
                pieces.append(label(bar.label, end + 5, y + 13, "length"))
            }
        }
        return Markup(pieces)
    }

    /// The bars whose meaning no lane's title tells.
    private func legend(y: Double) -> Markup {
        let entries: [(Timeline.Kind, String)] = [
            (.life, "environment exists"), (.maintenance, "in maintenance, effective"),
            (.allowance, "the documented hour"),
        ]
        let kinds = Set(timeline.lanes.flatMap(\.bars).map(\.kind))
        var pieces: [Markup] = []
        var x = Self.left
        for (kind, text) in entries where kinds.contains(kind) {
            let isThin = kind == .life
            pieces.append(
                element(
                    "rect", Attribute("x", x), Attribute("y", isThin ? y - 6 : y - 10),
                    Attribute("width", 22.0), Attribute("height", isThin ? 4.0 : 12.0),
                    Attribute("rx", 1.5), .class("bar", kind.rawValue)))
            pieces.append(label(text, x + 28, y, "length"))
            x += 28 + Self.width(of: text) + 22
        }
        if !axis.cuts.isEmpty {
            pieces.append(
                element(
                    "rect", Attribute("x", x), Attribute("y", y - 10), Attribute("width", 22.0),
                    Attribute("height", 12.0), .class("cut")))
            pieces.append(
                label("quiet time, left out; scales differ beside it", x + 28, y, "length"))
        }
        return Markup(pieces)
    }
}
