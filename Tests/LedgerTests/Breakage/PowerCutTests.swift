import Breakage
import Foundation
import Testing

/// The power goes after any call to the disk.
@Suite struct PowerCutTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `whenever the power goes, the log holds every acknowledged event`() throws {
        let tally = try PowerCutMatrix(folder: folder.path).run()
        #expect(tally.problems == [])
        #expect(tally.lost == 0)
        #expect(tally.calls > 50)
        #expect(tally.acknowledged > 100)
    }

    @Test func `whenever the power goes while a ledger is made, there is a whole one or none`()
        throws
    {
        let tally = try PowerCutMatrix(folder: folder.path).runCreation()
        #expect(tally.problems == [])
        #expect(tally.lost == 0)
        #expect(tally.acknowledged > 0)
    }

    @Test(arguments: [1, 4])
    func `a disk that lies about its syncs loses nothing that a kept head does not show`(lie: Int)
        throws
    {
        var matrix = PowerCutMatrix(folder: folder.path)
        matrix.mixtures = 0
        matrix.stride = 3
        let tally = try matrix.run(lie: lie)
        #expect(tally.problems == [])
        #expect(tally.short > 0)
    }
}
