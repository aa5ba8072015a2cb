import Breakage
import Foundation
import Ledger
import Testing

/// Writers that are killed; `scripts/torture` kills a thousand.
@Suite struct WriterKillTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test
    func `nothing that was acknowledged is lost when eight writers are killed at any instant`()
        throws
    {
        let path = folder.file("ledger.sqlite")
        try Specimen.create(path).close()
        var run = KillRun(path: path, program: Torturer.path)
        run.kills = 50
        run.seed = UInt64.random(in: 0..<1 << 32)
        let tally = try run.run()
        #expect(tally.kills >= 50, "seed \(run.seed)")
        #expect(tally.problems == [], "seed \(run.seed)")
        #expect(tally.lost == 0)
        #expect(tally.present == tally.acknowledged)
        #expect(tally.acknowledged > 0)
        #expect(tally.events > tally.acknowledged)
    }
}

/// The program that writes and dies, beside the tests.
enum Torturer {
    static let path =
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("torturer").path
}
