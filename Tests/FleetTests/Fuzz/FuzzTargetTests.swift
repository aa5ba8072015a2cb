import FuzzTargets
import Testing

/// A small run of each target of scripts/fuzz, the same every time.
@Suite struct FuzzTargetTests {
    static let names = FuzzTarget.all.map(\.name)

    @Test(arguments: names) func `a few thousand odd inputs find nothing`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for input in target.seeds + target.inputs(2500, seed: 2017) {
            if let finding = target.check(input) {
                Issue.record("\(finding): \(input) \(String(decoding: input, as: UTF8.self))")
            }
        }
    }

    @Test func `every target has its own name and starts from something that is read`() {
        #expect(Set(Self.names).count == Self.names.count)
        #expect(FuzzTarget.all.allSatisfy { !$0.seeds.isEmpty })
    }
}
