import Fleet
import Foundation
import Ledger

/// A transcript or a file of events: read, made canonical, hashed, indexed, committed.
enum ImportMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try Ledgers.make(try options.text("path"))
        let file = try options.text("file")
        let start = ContinuousClock.now
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        let drafts =
            file.hasSuffix(".jsonl")
            ? try bytes.split(separator: 0x0A).map { try draft(Array($0)) }
            : try Transcript.read(
                bytes, file: file, source: store.origin, ledgerCommand: { _, _, _ in [] }
            ).drafts
        let read = Stopwatch.seconds(since: start)
        let appended = try store.append(drafts, recordedTime: Sample.start, existing: .skip)
        let seconds = Stopwatch.seconds(since: start)
        try store.close()
        return .rate(
            appended.count, seconds: seconds,
            [("bytes", .integer(bytes.count)), ("read", .number(read))])
    }

    private static func draft(_ line: [UInt8]) throws -> EventDraft {
        var draft = try Record(storedBytes: line).event().draft
        _ = try EventPayload(type: draft.type, data: draft.data)
        draft.basis = .imported
        return draft
    }
}
