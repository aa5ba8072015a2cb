import Ledger

extension State {
    /// Takes down what a look showed; rows refer to the content, which repeated looks share.
    mutating func add(_ occurrence: Occurrence, _ name: ObservationName) {
        let content = occurrence.content
        let (moment, basis) = (Moment(occurrence), occurrence.basis)
        switch name {
        case .environment, .environments:
            for row in content.environments.indices {
                let name = content.environments[row].environment
                environments[name, default: EnvironmentHistory()].sightings
                    .insertInOrder(
                        EnvironmentHistory.Sighting(
                            moment: moment, basis: basis, row: Int32(row), content: content))
            }
        case .snapshots:
            guard let kind = content.snapshotKind else { return }
            for number in content.snapshots.indices {
                let key = SnapshotKey(kind: kind, name: content.snapshots[number].snapshot)
                snapshots[key, default: SnapshotHistory()].sightings.insertInOrder(
                    SnapshotHistory.Sighting(
                        moment: moment, basis: basis, number: Int32(number), content: content))
            }
        case .releases:
            for row in content.releases.indices {
                let name = content.releases[row].release
                releases[name, default: ReleaseHistory()].rows.insertInOrder(
                    ReleaseHistory.Sighting(
                        moment: moment, basis: basis, row: Int32(row), content: content))
            }
        case .dns:
            guard !content.answers.isEmpty else { return }
            hosts[content.answers[0].host, default: HostHistory()]
                .add(
                    HostHistory.Answer(moment: moment, basis: basis, content: content),
                    isFailed: content.answers[0].isFailed)
        case .defaultEnvironment, .sqlScripts, .file: break
        }
        if name != .environment, name != .dns { mark(occurrence) }
    }

    /// What is kept of a look as a whole.
    private mutating func mark(_ occurrence: Occurrence) {
        guard case .success(.observation(let observation)?) = occurrence.content.payload else {
            return
        }
        let mark = ListingMark(moment: Moment(occurrence))
        switch observation {
        case .environments(let listing):
            if listing.isComplete { environmentListings.insertInOrder(mark) }
        case .snapshots(let kind, let listing):
            if listing.isComplete { snapshotListings[kind, default: []].insertInOrder(mark) }
        case .releases(let listing):
            if listing.isComplete { releaseListings.insertInOrder(mark) }
        case .defaultEnvironment(let name?): defaultAnswers.insertInOrder(Mark(occurrence, name))
        case .sqlScripts(let listing): scriptListings.insertInOrder(Mark(occurrence, listing))
        case .file(let file): files[file.path, default: []].insertInOrder(Mark(occurrence, file))
        case .environment, .dns, .defaultEnvironment(nil): break
        }
    }
}

extension HostHistory {
    /// Takes down an answer; a failed look-up voids nothing, and only makes the name known.
    fileprivate mutating func add(_ answer: Answer, isFailed: Bool) {
        guard isFailed else { return answers.insertInOrder(answer) }
        failures.insert(
            answer.moment, at: (failures.lastIndex { $0 < answer.moment }).map { $0 + 1 } ?? 0)
    }
}

extension EventContent {
    fileprivate var snapshotKind: SnapshotKind? {
        guard case .success(.observation(.snapshots(let kind, _))?) = payload else { return nil }
        return kind
    }
}
