import Ledger

/// Where instants stand on a drawing: the busy parts beside each other, each on a scale of its own,
/// and the quiet time between them cut out.
///
/// A migration is an evening of minutes, a night of waiting and a morning of clean-up; on one scale
/// the evening would be a dot.
struct TimeAxis: Sendable, Equatable {
    /// A busy part.
    struct Part: Sendable, Equatable {
        var from: Timestamp
        var to: Timestamp
        var left: Double
        var right: Double
    }

    /// A cut, and how much time it leaves out.
    struct Cut: Sendable, Equatable {
        var left: Double
        var right: Double
        var length: Span
    }

    /// A label below the axis.
    struct Tick: Sendable, Equatable {
        var x: Double
        var time: Timestamp
    }

    /// The busy parts.
    let parts: [Part]
    /// What lies between them.
    let cuts: [Cut]

    private static let cutWidth = 34.0
    private static let mostParts = 6

    /// An axis for some instants, at least one, between two edges.
    init(_ moments: [Timestamp], left: Double, right: Double) {
        var groups: [[Timestamp]] = []
        var quiet = Span.minutes(40)
        repeat {
            groups = []
            for moment in moments.sorted() {
                if let last = groups.last?.last, moment - last <= quiet {
                    groups[groups.count - 1].append(moment)
                } else {
                    groups.append([moment])
                }
            }
            quiet = quiet + quiet
        } while groups.count > TimeAxis.mostParts
        let ranges = groups.map { group -> (Timestamp, Timestamp, Double) in
            let first = group[0]
            let last = group[group.count - 1]
            // A little room on both sides; a lone moment stands in the middle of ten minutes.
            let length = last - first
            let margin = Span(
                milliseconds: max(length.milliseconds / 40, length.milliseconds == 0 ? 300_000 : 0))
            let minutes = Double((length + margin + margin).milliseconds) / 60_000
            // What happened counts as well as how long it took: labels need room.
            return (first - margin, last + margin, minutes.squareRoot() + Double(group.count))
        }
        let room = right - left - TimeAxis.cutWidth * Double(max(0, groups.count - 1))
        let least = min(110, room / Double(max(1, groups.count)))
        let weight = ranges.reduce(0) { $0 + $1.2 }
        let spare = room - least * Double(groups.count)
        var x = left
        var parts: [Part] = []
        var cuts: [Cut] = []
        for (from, to, share) in ranges {
            if let last = parts.last {
                cuts.append(
                    Cut(left: x, right: x + TimeAxis.cutWidth, length: from - last.to))
                x += TimeAxis.cutWidth
            }
            let width = least + spare * share / max(weight, 1e-9)
            parts.append(Part(from: from, to: to, left: x, right: x + width))
            x += width
        }
        self.parts = parts
        self.cuts = cuts
    }

    /// Where an instant stands; beyond the edges it stands at the edge.
    func x(_ time: Timestamp) -> Double {
        guard let first = parts.first, let last = parts.last else { return 0 }
        if time <= first.from { return first.left }
        for (index, part) in parts.enumerated() {
            if time <= part.to {
                if time >= part.from {
                    return position(time, part.from, part.to, part.left, part.right)
                }
                let before = parts[index - 1]
                return position(time, before.to, part.from, before.right, part.left)
            }
        }
        return last.right
    }

    /// Instants on round minutes with room for their labels between them.
    func ticks(apart: Double) -> [Tick] {
        parts.flatMap { part -> [Tick] in
            let length = part.to - part.from
            let perPixel = Double(length.milliseconds) / max(part.right - part.left, 1)
            let minutes: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080]
            let least = perPixel * apart
            let minute: Int64 = 60_000
            let steps: [Int64] = minutes.map { $0 * minute }
            let step: Int64 = steps.first { Double($0) >= least } ?? 40_320 * minute
            var ticks: [Tick] = []
            let start: Int64 = part.from.milliseconds
            var next: Int64 = (start + step - 1) / step * step
            while next <= part.to.milliseconds {
                let time = Timestamp(milliseconds: next)
                ticks.append(Tick(x: x(time), time: time))
                next += step
            }
            return ticks
        }
    }

    private func position(
        _ time: Timestamp, _ from: Timestamp, _ to: Timestamp, _ left: Double, _ right: Double
    ) -> Double {
        let length = Double((to - from).milliseconds)
        guard length > 0 else { return (left + right) / 2 }
        return left + (right - left) * Double((time - from).milliseconds) / length
    }
}
