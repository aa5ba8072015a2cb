import Ledger
import Projector

/// What a drawing of time shows, before it is drawn.
struct Timeline: Sendable, Equatable {
    /// A moment with a label.
    struct Mark: Sendable, Equatable {
        /// The number that refers to the table beside the drawing.
        var number: Int
        var time: Timestamp
        var label: String
    }

    /// A line of bars.
    struct Lane: Sendable, Equatable {
        var title: String
        var bars: [Bar]
    }

    /// A bar.
    struct Bar: Sendable, Equatable {
        /// How it is drawn; the lane says what it is.
        var kind: Kind
        var from: Timestamp
        /// Nil while it goes on.
        var to: Timestamp?
        /// What is written beside it.
        var label: String
        /// What it is, in a sentence.
        var text: String
    }

    /// The ways of drawing a bar.
    enum Kind: String, Sendable, Equatable {
        case life
        case maintenance
        case downtime
        case allowance
        case exposure
        case drain
        case soak
        case cleanup
    }

    /// The moments, by time.
    var marks: [Mark]
    /// The lines, from the top.
    var lanes: [Lane]
    /// Where a bar that goes on is cut off.
    var now: Timestamp
    /// What the drawing shows, in a sentence.
    var title: String
    /// What it shows, for those who do not see it.
    var description: String
}

extension Timeline {
    /// The story of a migration.
    init(_ chronicle: Chronicle, now: Timestamp) {
        self.now = now
        marks = chronicle.milestones.enumerated().map {
            Mark(number: $0.offset + 1, time: $0.element.time, label: $0.element.text)
        }
        lanes = []
        for part in [
            chronicle.migration.roles.source, chronicle.migration.roles.destination,
            chronicle.migration.temporary?.name,
        ] {
            guard let part else { continue }
            let bars = chronicle.stretches.filter {
                $0.resource == .environment(part) && [.life, .maintenance].contains($0.kind)
            }
            if bars.isEmpty { continue }
            lanes.append(
                Lane(
                    title: part, bars: bars.map { Bar($0, now: now, isLabelled: $0.kind != .life) })
            )
        }
        let rest: [(String, [Chronicle.SpanKind])] = [
            ("no service", [.downtime]), ("exposure", [.exposure]),
            ("drain, soak", [.drain, .soak]),
            ("clean-up", [.cleanup]),
        ]
        for (title, kinds) in rest {
            let stretches = chronicle.stretches.filter { kinds.contains($0.kind) }
            var bars = stretches.map { Bar($0, now: now) }
            // The hour that the procedure allows is drawn behind what was taken of it.
            for stretch in stretches where stretch.kind == .downtime {
                let allowed = stretch.from + Chronicle.documentedDowntime
                bars.insert(
                    Bar(
                        kind: .allowance, from: stretch.from, to: allowed, label: "",
                        text: "the documented hour, until \(allowed.short)"), at: 0)
            }
            if !bars.isEmpty { lanes.append(Lane(title: title, bars: bars)) }
        }
        title = "Timeline of \(chronicle.migration.name), UTC"
        description =
            chronicle.milestones.map { "\($0.time.short) \($0.text)" }.joined(separator: "; ")
            + ". "
            + chronicle.stretches.filter { $0.kind != .life }.map {
                "\($0.text): \($0.from.short) to \($0.to?.short ?? "now")"
            }.joined(separator: "; ")
    }

    /// Every moment that the axis must show well: marks, and ends of bars other than whole lives.
    var moments: [Timestamp] {
        var all = marks.map(\.time)
        for bar in lanes.flatMap(\.bars) where bar.kind != .life && bar.kind != .allowance {
            all += [bar.from, bar.to ?? now]
        }
        return Array(Set(all)).sorted()
    }
}

extension Timeline.Bar {
    fileprivate init(_ stretch: Chronicle.Stretch, now: Timestamp, isLabelled: Bool = true) {
        kind =
            switch stretch.kind {
            case .life: .life
            case .maintenance: .maintenance
            case .downtime: .downtime
            case .exposure: .exposure
            case .drain: .drain
            case .soak: .soak
            case .cleanup: .cleanup
            }
        from = stretch.from
        to = stretch.to
        let length = Duration.text((stretch.to ?? now) - stretch.from)
        label = isLabelled ? (stretch.to == nil ? "\(length), goes on" : length) : ""
        text =
            "\(stretch.text), \(stretch.from.short) to \(stretch.to?.short ?? "now"), \(length)"
    }
}

/// A span in words.
enum Duration {
    /// The two greatest units: `3 days 4 h`, `55 min`, `12 s`.
    static func text(_ span: Span) -> String {
        let seconds = span.milliseconds.magnitude / 1000
        let sign = span.milliseconds < 0 ? "−" : ""
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        let parts: [String]
        if days > 0 {
            parts = ["\(days) \(days == 1 ? "day" : "days")"] + (hours > 0 ? ["\(hours) h"] : [])
        } else if hours > 0 {
            parts = ["\(hours) h"] + (minutes > 0 ? ["\(minutes) min"] : [])
        } else if minutes > 0 {
            parts = ["\(minutes) min"] + (seconds % 60 > 0 ? ["\(seconds % 60) s"] : [])
        } else {
            parts = ["\(seconds) s"]
        }
        return sign + parts.joined(separator: " ")
    }
}
