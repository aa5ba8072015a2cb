import Foundation
import Ledger

/// Files to measure with: a transcript, a file of events, a whole ledger.
enum SampleFiles {
    static func run(_ options: Options) async throws -> JSONObject {
        let events = try options.number("events", default: 1000)
        if let path = options.optional("transcript") {
            let file = try Output(path)
            try file.write("# at \(Sample.start)\n")
            for number in 0..<events { try file.write(Sample.transcript(number)) }
            try file.close()
        }
        if let path = options.optional("jsonl") {
            let file = try Output(path)
            for number in 0..<events {
                let event = Event(
                    sequence: SequenceNumber(number + 1), recordedTime: Sample.time(number),
                    source: "ledger.elsewhere.example/fleet", draft: Sample.draft(number))
                try file.write(String(decoding: try Record(event).bytes, as: UTF8.self) + "\n")
            }
            try file.close()
        }
        if let path = options.optional("ledger") {
            let store = try Ledgers.make(path, isSigned: true)
            for start in stride(from: 0, to: events - 1, by: 10_000) {
                let end = min(start + 10_000, events - 1)
                _ = try store.append(
                    (start..<end).map(Sample.draft), recordedTime: Sample.time(end))
            }
            try store.close()
        }
        return JSONObject([("events", .integer(events))])
    }

    /// A file that is written in large pieces.
    private final class Output {
        private let handle: FileHandle
        private var buffer: [UInt8] = []

        init(_ path: String) throws {
            try Data().write(to: URL(filePath: path))
            handle = try FileHandle(forWritingTo: URL(filePath: path))
        }

        func write(_ text: String) throws {
            buffer += text.utf8
            if buffer.count > 1 << 20 { try flush() }
        }

        func close() throws {
            try flush()
            try handle.close()
        }

        private func flush() throws {
            try handle.write(contentsOf: Data(buffer))
            buffer.removeAll(keepingCapacity: true)
        }
    }
}
