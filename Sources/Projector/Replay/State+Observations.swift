import Ledger

extension State {
    mutating func add(_ event: Event, _ observation: Observation) {
        let mark = ListingMark(moment: Moment(event))
        switch observation {
        case .environment(let shown): see(event, shown)
        case .environments(let listing):
            for row in listing.rows {
                var shown = EnvironmentDescription(environment: row.environment, isComplete: false)
                shown.status = row.status
                shown.created = row.created
                if let certificate = row.certificate {
                    shown.settings["ssl certificate"] = certificate
                }
                see(event, shown)
            }
            if listing.isComplete { environmentListings.insertInOrder(mark) }
        case .snapshots(let kind, let listing):
            for row in listing.rows {
                let key = SnapshotKey(kind: kind, name: row.snapshot)
                snapshots[key, default: SnapshotHistory()].sightings.insertInOrder(
                    SnapshotHistory.Sighting(moment: mark.moment, basis: event.basis, row: row))
            }
            if listing.isComplete { snapshotListings[kind, default: []].insertInOrder(mark) }
        case .releases(let listing):
            for row in listing.rows {
                releases[row.release, default: ReleaseHistory()].rows.insertInOrder(
                    Mark(event, row))
            }
            if listing.isComplete { releaseListings.insertInOrder(mark) }
        case .defaultEnvironment(let name?): defaultAnswers.insertInOrder(Mark(event, name))
        case .defaultEnvironment(nil): break
        case .sqlScripts(let listing): scriptListings.insertInOrder(Mark(event, listing))
        case .dns(let answer):
            var history = hosts[answer.host] ?? HostHistory()
            if !answer.isFailed { history.answers.insertInOrder(Mark(event, answer)) }
            hosts[answer.host] = history
        case .file(let file): files[file.path, default: []].insertInOrder(Mark(event, file))
        }
    }

    private mutating func see(_ event: Event, _ shown: EnvironmentDescription) {
        environments[shown.environment, default: EnvironmentHistory()].sightings.insertInOrder(
            EnvironmentHistory.Sighting(moment: Moment(event), basis: event.basis, shown: shown))
    }
}
