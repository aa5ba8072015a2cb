import Ledger

/// The times at which something happened, in order, each once.
struct Moments: Sendable {
    /// The times.
    let times: [Timestamp]

    /// The number of the last moment that is not after a time; nil when all are.
    func index(atOrBefore time: Timestamp) -> Int? {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
