import Ledger

/// Runs bodies and keeps how long each took.
struct Stopwatch {
    private(set) var seconds: [Double] = []

    /// Times a body.
    mutating func time<Value>(_ body: () throws -> Value) rethrows -> Value {
        let start = ContinuousClock.now
        defer { seconds.append(Stopwatch.seconds(since: start)) }
        return try body()
    }

    /// Takes over times measured elsewhere.
    mutating func add(_ more: [Double]) { seconds += more }

    /// The seconds since an instant.
    static func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }

    /// Median, 99th percentile and worst, in microseconds.
    var summary: JSONObject {
        let sorted = seconds.sorted()
        guard let worst = sorted.last else { return JSONObject() }
        func at(_ share: Double) -> JSONValue {
            .number((sorted[Int(Double(sorted.count - 1) * share)] * 1e7).rounded() / 10)
        }
        return JSONObject([
            ("p50", at(0.5)), ("p99", at(0.99)), ("max", .number((worst * 1e7).rounded() / 10)),
        ])
    }
}

extension JSONObject {
    /// A count, how long it took and what that is a second.
    static func rate(_ count: Int, seconds: Double, _ more: [(String, JSONValue?)] = [])
        -> JSONObject
    {
        JSONObject(
            [
                ("events", .integer(count)), ("seconds", .number(seconds)),
                ("rate", .number(Double(count) / seconds)),
            ] + more)
    }
}
