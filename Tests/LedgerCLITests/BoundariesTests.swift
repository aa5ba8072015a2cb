import Foundation
import Testing

/// Which module may know which; the compiler cannot enforce it for folders.
@Suite struct BoundariesTests {
    struct Boundary: Sendable, CustomStringConvertible {
        let folder: String
        let allowed: Set<String>
        var words: [String] = []

        var description: String { folder }
    }

    private static let boundaries = [
        Boundary(folder: "Sources/Projector", allowed: ["Ledger"]),
        Boundary(folder: "Sources/Fleet", allowed: ["Ledger"]),
        Boundary(folder: "Sources/Ledger/Merkle", allowed: ["Crypto"], words: ["sqlite", "Fleet"]),
        Boundary(folder: "Sources/Ledger/Trust", allowed: ["Crypto"], words: ["SQL", "Fleet"]),
        Boundary(folder: "Sources/Ledger/Record", allowed: [], words: ["Fleet"]),
        Boundary(folder: "Sources/Ledger/Events", allowed: []),
        Boundary(folder: "Sources/Ledger/Attachments", allowed: ["Crypto"]),
        Boundary(
            folder: "Sources/ledger-cli/Recording",
            allowed: ["ArgumentParser", "Fleet", "Ledger", "Projector"]),
    ]

    @Test(arguments: boundaries)
    func `a folder imports only what it may know`(_ boundary: Boundary) throws {
        let files = try Self.files(boundary.folder)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard let module = Self.imported(by: line) else { continue }
                #expect(boundary.allowed.contains(module), "\(file) imports \(module)")
            }
            let code = text.split(separator: "\n").filter {
                !$0.drop { $0 == " " }.hasPrefix("//")
            }.joined(separator: "\n")
            for word in boundary.words {
                #expect(!code.contains(word), "\(file) speaks of \(word)")
            }
        }
    }

    @Test func `planning asks neither clock nor disk nor chance`() throws {
        for file in try Self.files("Sources/Projector") {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            for word in ["clock_gettime", "random", "getenv", "fopen", "Date()"] {
                #expect(!text.contains(word), "\(file) speaks of \(word)")
            }
        }
    }

    private static func imported(by line: Substring) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1,
            words[..<place].allSatisfy({
                $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0)
            })
        else { return nil }
        return words[place + 1]
    }

    static func files(_ folder: String) throws -> [String] {
        let base = PlanningTests.root + "/" + folder
        let names = try FileManager.default.subpathsOfDirectory(atPath: base)
        return names.filter { $0.hasSuffix(".swift") }.map { base + "/" + $0 }
    }
}
