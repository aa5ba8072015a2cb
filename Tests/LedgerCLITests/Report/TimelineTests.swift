import Ledger
import Testing

@testable import ledger_cli

@Suite struct TimelineTests {
    private func time(_ minutes: Int) -> Timestamp {
        Timestamp(milliseconds: 1_493_800_000_000 + Int64(minutes) * 60_000)
    }

    @Test func `later instants never stand to the left of earlier ones`() {
        let moments = [0, 3, 3, 9, 55, 60, 700, 702, 9000, 9000].map(time)
        let axis = TimeAxis(moments, left: 100, right: 800)
        #expect(axis.cuts.count == 3)
        var last = 0.0
        for minute in -50...9100 {
            let x = axis.x(time(minute))
            #expect(x >= last && x >= 100 && x <= 800.001)
            last = x
        }
        for tick in axis.ticks(apart: 46) { #expect(tick.x >= 100 && tick.x <= 800.001) }
    }

    @Test func `an axis of one moment, of centuries and of a hundred days is still an axis`() {
        for moments in [[0], [0, 100_000_000], (0..<100).map { $0 * 1440 }] {
            let axis = TimeAxis(moments.map(time), left: 0, right: 700)
            #expect(axis.parts.count >= 1 && axis.parts.count <= 6)
            #expect(axis.parts.allSatisfy { $0.right > $0.left })
        }
    }

    @Test func `no label covers another label or the line that leads to one`() {
        for seed in 0..<40 {
            let marks = (0..<(seed % 25 + 1)).map { index in
                Timeline.Mark(
                    number: index + 1, time: time(index * index * (seed % 7) + index),
                    label: String(repeating: "word ", count: (index * seed) % 8 + 1))
            }
            let timeline = Timeline(
                marks: marks, lanes: [], now: time(9999), title: "t", description: "d")
            let labels = TimelineDrawing(timeline, id: "x")?.placements ?? []
            #expect(labels.count == marks.count)
            for (index, one) in labels.enumerated() {
                for other in labels[(index + 1)...] {
                    let overlaps = one.x < other.x + other.width && other.x < one.x + one.width
                    #expect(one.row != other.row || !overlaps)
                    // The line of a later, higher label would run through this one.
                    #expect(
                        !(other.row > one.row && other.x > one.x && other.x < one.x + one.width))
                }
            }
        }
    }

    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (3300, "55 min"),
        (3600, "1 h"), (5400, "1 h 30 min"), (86_400, "1 day"), (270_000, "3 days 3 h"),
        (-60, "−1 min"),
    ])
    func `a span is told in its two greatest units`(_ seconds: Int, _ text: String) {
        #expect(Duration.text(.seconds(seconds)) == text)
    }
}
