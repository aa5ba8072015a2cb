import Ledger

/// Questions about kinds: the predicates look at what an element shares with others of its kind and
/// at its code, never at its moments or its author. Each gives what the plain question gives,
/// without a walk through elements that cannot matter.
extension Chronology {
    /// True when there is an element of such a kind.
    func has(like isWanted: (Element) -> Bool) -> Bool {
        young.contains(where: isWanted) || packed.kinds.contains { packed.isLike($0, isWanted) }
    }

    /// The newest element of such a kind.
    func newest(like isWanted: (Element) -> Bool) -> Element? {
        if let found = young.last(where: isWanted) { return found }
        var place: Int32?
        for kind in packed.kinds where kind.last > place ?? -1 {
            if packed.isLike(kind, isWanted) { place = kind.last }
        }
        return place.map { packed.element(at: Int($0)) }
    }

    /// The oldest element of such a kind.
    func oldest(like isWanted: (Element) -> Bool) -> Element? {
        var place: Int32?
        for kind in packed.kinds where place.map({ kind.first < $0 }) ?? true {
            if packed.isLike(kind, isWanted) { place = kind.first }
        }
        return place.map { packed.element(at: Int($0)) } ?? young.first(where: isWanted)
    }

    /// The elements of such kinds, in order.
    func all(like isWanted: (Element) -> Bool) -> [Element] {
        let wanted = packed.kinds.map { packed.isLike($0, isWanted) }
        let old = wanted.contains(true) ? packed.elements { wanted[$0] } : []
        return old + young.filter(isWanted)
    }

    /// One element of each kind, so that what a history speaks of can be gathered.
    ///
    /// They are in no order, and one kind may come twice.
    var kinds: [Element] {
        packed.kinds.compactMap { $0.count > 0 ? packed.element(at: Int($0.last)) : nil } + young
    }
}

extension Chronology {
    /// The elements between two times, in milliseconds; the others are not walked through.
    func suffix(since start: Int64, through end: Int64 = .max) -> [Element] {
        var low = 0
        var high = packed.starts.count
        // The first chunk that begins at that time or later; the one before may reach into it.
        while low < high {
            let middle = (low + high) / 2
            let first = packed.element(at: middle * Self.chunk)
            if first.moment.time.milliseconds >= start { high = middle } else { low = middle + 1 }
        }
        var found: [Element] = []
        var elements: [Element] = []
        for chunk in Swift.max(0, low - 1)..<packed.starts.count {
            packed.read(chunk: chunk, into: &elements)
            found += elements
            if let last = elements.last, last.moment.time.milliseconds > end { break }
        }
        return (found + young).filter { start...end ~= $0.moment.time.milliseconds }
    }

    /// The elements of an instant.
    func elements(at time: Timestamp) -> [Element] {
        suffix(since: time.milliseconds, through: time.milliseconds)
    }

    /// The events of the elements of a kind after a moment.
    func events(after moment: Moment, like isWanted: (Element) -> Bool) -> Set<SequenceNumber> {
        Set(
            suffix(since: moment.time.milliseconds).filter { $0.moment > moment && isWanted($0) }
                .map(\.moment.sequence))
    }
}

extension Chronology<Attempt> {
    /// The attempts of such kinds that tell which of them ended last and what else was under way
    /// then; all of them when one is in doubt.
    ///
    /// What ended last ended no sooner than the newest one was issued, and nothing takes longer
    /// than the longest: so it was issued within that time before the newest, and whatever was
    /// still under way with it within that time before it.
    func decisive(like isWanted: (Attempt) -> Bool) -> [Attempt] {
        guard let newest = newest(like: isWanted) else { return [] }
        if has(like: { isWanted($0) && $0.isInDoubt }) { return all(like: isWanted) }
        let longest = Swift.max(packed.longest, young.map(\.length).max() ?? 0)
        let (twice, isLong) = longest.multipliedReportingOverflow(by: 2)
        let (start, isFar) = newest.started.time.milliseconds.subtractingReportingOverflow(twice)
        if isLong || isFar { return all(like: isWanted) }
        return suffix(since: start).filter(isWanted)
    }

    /// The newest attempt of such a kind that was settled after a moment.
    func newest(settledAfter moment: Moment, like isWanted: (Attempt) -> Bool) -> Attempt? {
        guard let newest = newest(like: isWanted) else { return nil }
        if newest.settled > moment { return newest }
        let longest = Swift.max(packed.longest, young.map(\.length).max() ?? 0)
        let (start, isFar) = moment.time.milliseconds.subtractingReportingOverflow(longest)
        if isFar { return last { isWanted($0) && $0.settled > moment } }
        return suffix(since: start).last { isWanted($0) && $0.settled > moment }
    }
}

extension Chronicled {
    /// How long it lasted, in milliseconds; never less than nothing.
    var length: Int64 {
        guard let ending else { return 0 }
        let (length, isLong) =
            ending.time.milliseconds.subtractingReportingOverflow(moment.time.milliseconds)
        return isLong ? .max : Swift.max(0, length)
    }
}
