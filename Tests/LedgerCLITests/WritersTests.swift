import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// Several processes on one ledger at the same moment.
@Suite struct WritersTests {
    @Test func `processes that record at once lose nothing and repeat nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        let before = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true).size()
        for round in 0..<3 {
            let sessions = try (0..<8).map { number in
                try Session(
                    [Session.binary, "record", "note", "from \(round)-\(number)"],
                    in: prompt.directory)
            }
            for session in sessions { session.endInput() }
            for session in sessions {
                let status = try session.wait()
                #expect(status == 0, "\(String(decoding: session.complained, as: UTF8.self))")
            }
        }
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
        #expect(try store.size() == before + 24)
        var texts: Set<String> = []
        for sequence in before + 1...before + 24 {
            guard
                case .content(let text)? = try store.attachment(
                    SequenceNumber(sequence), name: "text")
            else { continue }
            texts.insert(String(decoding: text.bytes, as: UTF8.self))
        }
        #expect(texts.count == 24)
        #expect(await prompt.run("verify").status == 0)
    }
}
