import HTTPTypes
import Ledger
import Projector

/// Every address of the site.
enum Routes {
    /// The pages, then the interface for programs.
    static let all: [Route] = pages + APIRoutes.all

    private static let pages: [Route] = [
        Route("/", "overview", keeps: .point) { site, inquiry in
            let point = try Point(inquiry)
            let page = try await site.archive.evaluate(point) { try OverviewPage($0) }
            let (newest, voided) = try await site.archive.read { snapshot in
                let events = try snapshot.events(
                    matching: HistoryQuery(
                        until: point.at, before: point.knownAt.map { SequenceNumber($0 + 1) },
                        limit: 10,
                        isNewestFirst: true))
                return (events, try Voided.among(events, in: snapshot))
            }
            return .page(
                page.markup(try await site.frame(warning: point), newest: newest, voided: voided))
        },
        Route("/timeline", "timeline", keeps: .size) { site, inquiry in
            try await timeline(site, inquiry)
        },
        Route("/events", "events") { site, inquiry in
            let filter = try EventFilter(inquiry)
            let page = try await site.archive.read { try EventsPage(filter, in: $0) }
            return .page(page.markup(try await site.frame()))
        },
        Route("/events/{sequence}", "one event", keeps: .size) { site, inquiry in
            let sequence = try inquiry.sequence()
            let page = try await site.archive.read { try EventPage(sequence, in: $0) }
            let changes = try await site.changes(sequence)
            return .page(page.markup(try await site.frame(), changes: changes))
        },
        Route("/migrations", "migrations", keeps: .point) { site, inquiry in
            let point = try Point(inquiry)
            let list = try await site.archive.evaluate(point) { try $0.reader().migrations }
            return .page(MigrationsPage.markup(list, try await site.frame(warning: point)))
        },
        Route("/migrations/{name...}", "one migration", keeps: .point) { site, inquiry in
            let point = try Point(inquiry)
            let name = inquiry.names["name"]
            let page = try await site.archive.evaluate(point) { try MigrationPage(name, $0) }
            return .page(page.markup(try await site.frame(warning: point)))
        },
        Route("/plans/{kind}", "a plan", keeps: .point) { site, inquiry in
            let point = try Point(inquiry)
            let kind = try inquiry.planKind()
            let migration = inquiry.value("migration")
            let frame = try await site.frame(warning: point)
            return try await site.archive.evaluate(point) { evaluation in
                let planner = try evaluation.planner()
                let names = planner.migrations.map(\.name)
                do {
                    let plan = try evaluation.plan(kind, migration: migration)
                    return .page(PlanPage.markup(plan, migrations: names, frame))
                } catch {
                    guard case .ambiguousMigration? = error as? PlanError else { throw error }
                    return .page(
                        PlanPage.markup(
                            refusing: "Several migrations are open: choose one.", kind: kind,
                            migrations: names, frame))
                }
            }
        },
        Route("/graph", "dependencies", keeps: .point) { site, inquiry in
            let point = try Point(inquiry)
            let graph = try await site.archive.evaluate(point) {
                try DependencyGraph($0)
            }
            return .page(GraphPage.markup(graph, try await site.frame(warning: point)))
        },
        Route("/verify", "verification") { site, _ in
            let page = try await site.verification()
            return .page(page.markup(try await site.frame()))
        },
        Route("/api", "the interface for programs") { site, _ in
            .page(InterfacePage.markup(try await site.frame()))
        },
        Route("/assets/{name}", "a file that pages load") { _, inquiry in
            guard let file = Assets.file(inquiry.names["name"] ?? "") else {
                throw Refusal(.notFound, "there is nothing at this address")
            }
            return Answer(file.type, file.bytes).tagged(
                String(Digest(hashing: file.bytes).hex.prefix(32)))
        },
    ]

    private static func timeline(_ site: Site, _ inquiry: Inquiry) async throws -> Answer {
        let moments = try await site.archive.moments()
        let place = try TimelinePage.Place(inquiry, moments, clock: site.archive.clock())
        // A form sends the number whether or not the box is checked; a link sends both or none.
        var knownAt = try inquiry.number("known-at", in: 1...Int.max)
        if inquiry.value("known") == nil { knownAt = nil }
        let point = Point(at: place.time, knownAt: knownAt)
        let facts = try await site.archive.evaluate(point) { evaluation in
            let (overview, past) = try evaluation.overviews(try evaluation.reader())
            return FactTables(overview, past: past, evaluation.bases)
        }
        let around = try await site.archive.around(place.time, knownAt: knownAt)
        let page = TimelinePage(
            place: place, knownAt: knownAt, facts: facts, events: around.events,
            voided: around.voided, density: around.density)
        var frame = try await site.frame(warning: point)
        frame.point = .now
        return .page(page.markup(frame))
    }
}

extension Site {
    /// The frame of a page.
    ///
    /// - Throws: `StoreError`.
    func frame(_ point: Point = .now) async throws -> Layout.Frame {
        let size = try await archive.read { try $0.size() }
        return Layout.Frame(origin: archive.store.origin, size: size, point: point)
    }

    /// The frame of a page that is derived from the events, with what its reader must know of them.
    ///
    /// - Throws: `StoreError`, `EventError`.
    func frame(warning point: Point) async throws -> Layout.Frame {
        var frame = try await frame(point)
        frame.warnings = try await archive.evaluate(point) { [clock = archive.clock] in
            $0.remarks(clock: clock())
        }
        return frame
    }

    /// What an event changed; nil in a ledger that this version cannot plan with.
    ///
    /// - Throws: `StoreError`.
    func changes(_ sequence: SequenceNumber) async throws -> FactChanges? {
        do {
            return try await archive.changes(sequence) {
                var before: [String: String] = [:]
                if sequence.number > 1 {
                    before = try await facts(knownAt: sequence.number - 1)
                }
                return FactChanges(from: before, to: try await facts(knownAt: sequence.number))
            }
        } catch is PlanError {
            return nil
        }
    }

    private func facts(knownAt: Int) async throws -> [String: String] {
        try await archive.evaluate(Point(knownAt: knownAt)) { evaluation in
            var facts: [String: String] = [:]
            for row in try evaluation.past().overview().rows {
                for (name, cell) in row.cells { facts["\(row.resource) \(name)"] = cell.text }
            }
            return facts
        }
    }

    /// The verification of the ledger as it stands, done once for each size.
    ///
    /// - Throws: `StoreError`.
    func verification() async throws -> VerifyPage { try await archive.verification() }
}

extension Inquiry {
    /// The event that the path names.
    ///
    /// - Throws: `Refusal` when it is no number.
    func sequence() throws(Refusal) -> SequenceNumber {
        guard let text = names["sequence"], let number = Int(text), number > 0,
            String(number) == text
        else { throw Refusal(.notFound, "an event has a number from 1") }
        return SequenceNumber(number)
    }

    /// The kind of plan that the path names.
    ///
    /// - Throws: `Refusal` when there is none.
    func planKind() throws(Refusal) -> Plan.Kind {
        guard let kind = Plan.Kind(rawValue: names["kind"] ?? "") else {
            throw Refusal(.notFound, "a plan is next, rollback or cleanup")
        }
        return kind
    }
}

extension Evaluation {
    /// A plan of a kind.
    ///
    /// - Throws: `PlanError`.
    func plan(_ kind: Plan.Kind, migration: String?) throws(PlanError) -> Plan {
        switch kind {
        case .next: try planner().next(migration: migration)
        case .rollback: try planner().rollback(migration: migration)
        case .cleanup where migration == nil: try cleanup()
        case .cleanup: try planner().cleanup(migration: migration)
        }
    }
}
