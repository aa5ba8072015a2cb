import Foundation
import Testing

/// Which room may know which, read from the `import` lines of the sources.
@Suite struct ImportRulesTests {
    private static let sources = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources")

    struct Room: Sendable, CustomTestStringConvertible {
        let folder: String
        let allowed: Set<String>
        var testDescription: String { folder }
    }

    private func imports(of folder: String) throws -> [String: Set<String>] {
        let root = ImportRulesTests.sources.appendingPathComponent(folder)
        let files = try #require(
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var found: [String: Set<String>] = [:]
        for case let file as URL in files where file.pathExtension == "swift" {
            let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            for line in lines {
                guard
                    let match = line.wholeMatch(
                        of: /(?:public |@testable )?import (?:struct |class |func )?(\w+).*/)
                else { continue }
                found[String(match.1), default: []].insert(file.lastPathComponent)
            }
        }
        return found
    }

    @Test(arguments: [
        Room(folder: "Ledger/Merkle", allowed: ["Crypto"]),
        Room(folder: "Ledger/Events", allowed: []),
        Room(folder: "Ledger/Record", allowed: ["Foundation"]),
        Room(
            folder: "Ledger",
            allowed: [
                "CStore", "Crypto", "Dispatch", "Foundation", "GRDB", "GRDBSQLite", "Glibc",
                "Synchronization",
            ]),
        Room(folder: "Projector", allowed: ["Ledger"]),
        Room(folder: "Fleet", allowed: ["Ledger"]),
    ])
    func `a room knows only what it may`(room: Room) throws {
        for (module, files) in try imports(of: room.folder) {
            #expect(
                room.allowed.contains(module), "\(room.folder): \(files.sorted()) import \(module)")
        }
    }

    @Test func `the notes and trees know no database`() throws {
        let root = ImportRulesTests.sources.appendingPathComponent("Ledger/Trust")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        #expect(!names.isEmpty)
        for name in names {
            let text = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            #expect(!text.contains("import GRDB"), "\(name) imports GRDB")
        }
    }
}
