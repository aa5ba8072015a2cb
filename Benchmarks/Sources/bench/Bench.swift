import Foundation
import Ledger

/// One measure a process, so that its peak memory is its own: `bench MEASURE name=value…`.
///
/// The answer is one line of JSON; `measures/` runs it in turn with the peers.
@main
struct Bench {
    /// Every measure by its name.
    static let measures: [String: @Sendable (Options) async throws -> JSONObject] = [
        "append": AppendMeasure.run, "import": ImportMeasure.run, "verify": VerifyMeasure.run,
        "prove": ProofMeasure.run, "replay": ReplayMeasure.run, "history": HistoryMeasure.run,
        "writer": WriterMeasure.run,
        "sample": SampleFiles.run,
    ]

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        guard let name = words.first, let measure = measures[name] else {
            let known = measures.keys.sorted().joined(separator: ", ")
            FileHandle.standardError.write(
                Data("bench: error: a measure is one of \(known)\n".utf8))
            exit(64)
        }
        do {
            let result = try await measure(try Options(words.dropFirst()))
            print(String(decoding: try CanonicalJSON.encode(result), as: UTF8.self))
        } catch {
            FileHandle.standardError.write(Data("bench: error: \(error)\n".utf8))
            exit(1)
        }
    }
}

/// What a measure is told: `events=1000 path=/tmp/x`.
struct Options: Sendable {
    private let values: [String: String]

    init(_ words: some Sequence<String>) throws {
        var values: [String: String] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw BenchError("\(word): expected name=value") }
            values[String(parts[0])] = String(parts[1])
        }
        self.values = values
    }

    /// A text that must be given.
    func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw BenchError("\(name)=… is missing") }
        return value
    }

    /// A text, nil when it was not given.
    func optional(_ name: String) -> String? { values[name] }

    /// A number.
    func number(_ name: String, default standard: Int) throws -> Int {
        guard let value = values[name] else { return standard }
        guard let number = Int(value) else {
            throw BenchError("\(name)=\(value): expected a number")
        }
        return number
    }
}

/// Why a measure could not be taken.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
