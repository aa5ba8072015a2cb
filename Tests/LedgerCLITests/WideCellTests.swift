import Testing

@testable import ledger_cli

/// One long cell makes no other line longer.
@Suite struct WideCellTests {
    @Test func `a cell beyond the widest column ends no column`() {
        var table = Table("fact", "from", "to")
        table.add("a", String(repeating: "x", count: 5000), "y")
        for number in 1...9 { table.add("b\(number)", "-", "z") }
        let lines = table.lines
        #expect(lines[1] == "a     " + String(repeating: "x", count: 5000) + "  y")
        #expect(lines[2] == "b1    -" + String(repeating: " ", count: 101) + "z")
        #expect(table.lines(columns: 40).allSatisfy { $0.count <= 40 })
    }
}
