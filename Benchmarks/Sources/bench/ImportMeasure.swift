import Fleet
import Foundation
import Ledger

/// A transcript or a file of events: read, made canonical, hashed, indexed, committed.
enum ImportMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try Ledgers.make(try options.text("path"))
        let file = try options.text("file")
        let secrets = SecretFilter().prepared
        let start = ContinuousClock.now
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw BenchError("no \(file)")
        }
        let summary = try store.append(
            recordedTime: Sample.recorded, existing: .compareContent(redacted: Redaction.mark)
        ) { take in
            if file.hasSuffix(".jsonl") {
                var rest: [UInt8] = []
                while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
                    rest += piece
                    let whole = rest.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
                    try take(
                        try rest[..<whole].split(separator: 0x0A).map {
                            try draft(Array($0), secrets)
                        })
                    rest.removeSubrange(..<whole)
                }
            } else {
                var feed = TranscriptFeed(
                    file: file, source: Sample.origin, ledgerCommand: { _, _, _ in [] })
                while let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty {
                    try take(try feed.take([UInt8](piece)))
                }
                try take(try feed.finish())
            }
        }
        let seconds = Stopwatch.seconds(since: start)
        try store.close()
        return .rate(summary.added, seconds: seconds)
    }

    private static func draft(
        _ line: [UInt8], _ secrets: SecretFilter.Prepared
    ) throws -> EventDraft {
        var draft = try Record(storedBytes: line).event().draft
        _ = try EventPayload(type: draft.type, data: draft.data)
        draft.basis = .imported
        draft.data = secrets.redact(dataOf: draft)
        return draft
    }
}
