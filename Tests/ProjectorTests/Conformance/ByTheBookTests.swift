import Ledger
import Projector
import Testing

/// The published procedure, in every order that the pages have shown, has no deviation.
@Suite struct ByTheBookTests {
    struct Book: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var evening: @Sendable () -> Evening
        var method: MigrationMethod
    }

    static let books = [
        Book(
            testDescription: "snapshot method", evening: { .snapshotMethod }, method: .snapshot),
        Book(testDescription: "dump method", evening: { .dumpMethod() }, method: .dump),
        Book(
            testDescription: "dump method, opened after the switch",
            evening: { .dumpMethod(opensLate: true) }, method: .dump),
        Book(
            testDescription: "dump through a temporary environment",
            evening: { .dumpMethod(temporary: "temp") }, method: .dump),
        Book(
            testDescription: "dump through a temporary environment, opened after the switch",
            evening: { .dumpMethod(opensLate: true, temporary: "temp") }, method: .dump),
    ]

    @Test(arguments: books) func `by the book there is no deviation and nothing unknown`(
        book: Book
    ) throws {
        let conformance = try book.evening().history().conformance()
        // An environment made for the dump takes its twenty minutes while the shop is closed.
        #expect(conformance.deviations.subtracting(["downtime"]).isEmpty, "\(conformance.text)")
        #expect(conformance.undecided.isEmpty, "\(conformance.text)")
        #expect(conformance.method.guessed == book.method)
        #expect(!conformance.method.disagrees)
        #expect(conformance.orphans.isEmpty)
        #expect(conformance.activated > 30)
    }

    @Test(arguments: books)
    func `no step by the book is a deviation when it is the last one so far`(
        book: Book
    ) throws {
        let evening = book.evening()
        for step in evening.steps.map(\.name) {
            for span in [Span.seconds(0), .minutes(2)] {
                let conformance = try evening.through(step).history().conformance(after: span)
                #expect(
                    conformance.deviations.subtracting(["downtime"]).isEmpty,
                    "after \(step): \(conformance.text)")
            }
        }
    }

    @Test func `an abort before the switch and a rollback after it are no deviations`() throws {
        let aborted = Evening.snapshotMethod.through("active").then(Evening.abort)
        let first = try aborted.history().conformance()
        #expect(first.deviations.isEmpty, "\(first.text)")
        let back = Evening.snapshotMethod.through("default").then(Evening.back)
        let second = try back.history().conformance(after: .minutes(30))
        #expect(second.deviations.subtracting(["downtime"]).isEmpty, "\(second.text)")
        #expect(second.holding.contains("closed-before-switch-back"))
        #expect(second.holding.contains("destination-closed-before-source-opens"))
    }

    @Test func `the strict order of the clean-up conforms as well`() throws {
        let evening = Evening.snapshotMethod.without("destroy pm").then([
            (
                "destroy pm",
                {
                    $0.act(.snapshotDestroy(name: "pm"))
                    $0.wait(.minutes(5))
                    $0.snapshots([("fs1", "prod", "AVAILABLE", $0.clock)])
                }
            )
        ])
        let conformance = try evening.history().conformance()
        #expect(conformance.deviations.isEmpty, "\(conformance.text)")
    }

    @Test func `a late declaration finds what was done before it`() throws {
        var evening = Evening.snapshotMethod.without("open")
        evening.migration = nil
        var history = evening.history()
        let derived = try history.conformance()
        #expect(derived.migration == "derived/prod-prod2")
        #expect(derived.method.declared == nil)
        #expect(derived.method.guessed == .snapshot)
        #expect(derived.holding.contains("source-closed-before-snapshot"))
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "late", source: "prod", destination: "prod2", method: .dump,
                    hostnames: [Evening.host])))
        let declared = try history.conformance()
        #expect(declared.migration == "late")
        #expect(declared.method.disagrees)
    }
}
