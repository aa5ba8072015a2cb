import Ledger

extension State {
    mutating func add(_ event: Occurrence, _ decision: Decision) {
        let mark = Mark(event, decision)
        switch decision {
        case .migrationOpened(let roles): open(event, roles)
        case .migrationClosed(let abandoned):
            guard let name = event.author.migration else { return }
            closings[name, default: []].insertInOrder(Mark(event, abandoned))
        case .testPassed, .testFailed, .go, .noGo, .lossAccepted, .writesReconciled,
            .gapAcknowledged:
            decisions.insertInOrder(mark)
        case .holdPlaced(let resource, _), .holdReleased(let resource):
            holds[resource.description, default: []].insertInOrder(mark)
        case .policySet(let key, let value):
            let isNewest = policyMarks.last.map { $0.moment < mark.moment } ?? true
            policyMarks.insertInOrder(mark)
            if isNewest { _ = policy.set(key, to: value) } else { settlePolicy() }
        case .planIssued, .planApproved, .planFinished: planMarks.insertInOrder(mark)
        case .noteAdded(let note): add(event, note)
        case .eventVoided, .attachmentErased, .keyAdded, .keyRetired, .ledgerCreated: break
        }
    }

    /// Takes the policy from the events that set it.
    mutating func settlePolicy() {
        policy = Policy()
        for mark in policyMarks {
            if case .policySet(let key, let value) = mark.value { _ = policy.set(key, to: value) }
        }
    }

    private mutating func open(_ event: Occurrence, _ roles: MigrationRoles) {
        let moment = Moment(event)
        var declaration =
            declarations[roles.migration]
            ?? Declaration(roles: roles, opened: moment, confirmed: moment, evidence: [])
        // Declaring again adds to or corrects the roles; the newest word counts.
        if moment > declaration.confirmed {
            declaration.roles = roles
            declaration.confirmed = moment
        }
        declaration.opened = min(declaration.opened, moment)
        declaration.evidence = (declaration.evidence + [moment.sequence]).sorted()
        declarations[roles.migration] = declaration
    }
}
