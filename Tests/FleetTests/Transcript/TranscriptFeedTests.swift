import Foundation
import Ledger
import Testing

@testable import Fleet

/// However a file is cut into pieces, it says the same.
@Suite struct TranscriptFeedTests {
    private func feed(
        _ bytes: [UInt8], pieces: (inout SeededGenerator) -> Int, seed: UInt64
    ) throws(TranscriptError) -> [EventDraft] {
        var random = SeededGenerator(seed)
        var feed = TranscriptFeed(
            file: "t", source: "test", actor: Actor(id: "caller"), ledgerCommand: ledgerReader)
        var drafts: [EventDraft] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + pieces(&random), bytes.count)
            drafts += try feed.take(Array(bytes[start..<end]))
            start = end
        }
        return drafts + (try feed.finish())
    }

    @Test(arguments: ExampleTests.names)
    func `a file in pieces gives the events of the whole file`(_ name: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let bytes = [UInt8](
            try Data(contentsOf: root.appending(path: "Examples/\(name).transcript")))
        let whole = try read(String(decoding: bytes, as: UTF8.self)).drafts
        for seed in 0..<20 as Range<UInt64> {
            let drafts = try feed(
                bytes, pieces: { Int.random(in: 1...(seed < 2 ? 1 : 4000), using: &$0) },
                seed: seed)
            #expect(drafts == whole)
        }
    }

    @Test(arguments: [
        "", "\n\n", "# at 2017-05-01T10:00:00Z\n", "\u{FEFF}# at 2017-05-01T10:00:00Z\r\n$ ls\r\nx",
        "\u{FEFF}", "# at 2017-05-01T10:00:00Z\n$ fleet env list",
        "# at 2017-05-01T10:00:00Z\n$ echo ü\nü\n\n\nü\n\n# exit 1\n",
        "# at 2017-05-01T10:00:00Z\n$ fleet env maintenance prod ON\n# exit 300\n",
        "$ fleet env list\n", "# at 2017-05-01T10:00:00Z\n$ sudo fleet env list\n",
        "# at 2017-05-01T10:00:00Z\n$ ls\n# at 2016-05-01T10:00:00Z\n",
        "# at 2017-05-01T10:00:00Z\n$ fleet env flub prod\n",
    ])
    func `pieces give the very error and the very last line`(_ text: String) throws {
        let whole = Result { () throws(TranscriptError) in try read(text).drafts }
        for size in 1...7 {
            let pieces = Result { () throws(TranscriptError) in
                try feed(Array(text.utf8), pieces: { _ in size }, seed: 0)
            }
            #expect(pieces == whole)
        }
    }

    @Test func `bytes that are no text are named by line and column`() {
        let bytes = Array("# at 2017-05-01T10:00:00Z\n$ ls\nü".utf8) + [0xFF, 0x0A]
        #expect(throws: TranscriptError.notUTF8(TranscriptPlace(file: "t", line: 3, column: 2))) {
            try feed(bytes, pieces: { _ in 3 }, seed: 0)
        }
    }
}
