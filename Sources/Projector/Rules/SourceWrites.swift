import Ledger

/// Writes to the source that the copy cannot have.
extension World {
    /// Why the source may have taken what the copy lacks.
    ///
    /// What loads have made of it is told elsewhere (`SourceData`) by whoever leaves them out.
    func sourceWrites(_ migration: Migration, besidesLoads: Bool = false) -> [Reason] {
        let rule = RuleName.sourceWrites
        guard let source = migration.source, let point = copy(migration).point else { return [] }
        let unblock =
            "bring over what was written, or give it up, then ledger-cli record acknowledge source-writes"
        let settled = decision(migration) {
            $0 == .writesReconciled || $0 == .gapAcknowledged(.sourceWrites)
        }
        let writers = source.attempts(.databaseLoad, .databaseShell).filter { writer in
            // What nobody said the end of may have gone on for the rest of the day.
            let mayGoOn =
                writer.isInDoubt && writer.started.time + policy.evidenceAge > point.time
            return !(besidesLoads && writer.action.name == .databaseLoad)
                && (writer.settled > point || mayGoOn)
                && (settled.map { writer.settled > $0.moment } ?? true)
        }
        var reasons = writers.map {
            Reason.blocked(
                rule,
                "\($0.action.name.rawValue) may have written to \(source.name) after the copy",
                $0.evidence, unblock: unblock)
        }
        let from = settled.map { max($0.moment.time, point.time) } ?? point.time
        let closures = self.closures(source, trustsSight: true)
        let since = World.merge(
            [point.sequence], source.attempts(.envMaintenance).suffix(2).flatMap(\.evidence))
        guard
            let closure = closures.last(where: { $0.contains(from) })
                ?? closures.last(where: { $0.from <= from })
        else {
            reasons.append(
                .blocked(rule, "\(source.name) was open after the copy", since, unblock: unblock))
            return reasons
        }
        let destroy = existence(source).isGone ? source.attempts(.envDestroy).first : nil
        if let end = closure.end {
            // Whoever looks after an OFF that was tried learns that it worked; that it did not, and
            // that nobody closed again, cannot be seen.
            let wasSeenSince = closures.last.map { $0.from > closure.from } ?? false
            if end.isCertain || wasSeenSince {
                reasons.append(
                    .blocked(
                        rule,
                        "\(source.name) may have been open since \(end.time.short), after the copy",
                        World.merge(end.evidence, [point.sequence]), unblock: unblock))
            } else {
                reasons.append(
                    .unknown(
                        rule,
                        "maintenance of \(source.name) may have been turned OFF at \(end.time.short)",
                        // A look only shows how it is now: what was meanwhile is left to judge.
                        end.evidence,
                        unblock: destroy == nil
                            ? "describe \(source.name); when it is closed, \(unblock)" : unblock,
                        needs: destroy == nil ? [.describe(source.name)] : []))
            }
        } else if let destroy {
            // What is gone is not described any more: it was closed up to then, or nobody knows.
            let age = closure.confirmed.map { destroy.started.time - $0.time }
            if age.map({ $0 > policy.evidenceAge }) ?? true {
                reasons.append(
                    .unknown(
                        rule,
                        "\(source.name) was not seen in maintenance on the day before it was destroyed",
                        World.merge(closure.evidence, destroy.evidence), unblock: unblock))
            }
        } else if closure.confirmed.map(isStale) ?? true {
            reasons.append(
                .unknown(
                    rule, "\(source.name) was not seen in maintenance lately", closure.evidence,
                    unblock: "describe \(source.name)", needs: [.describe(source.name)]))
        }
        return reasons
    }
}
