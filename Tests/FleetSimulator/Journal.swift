import Foundation
import Ledger

/// The state file: what was done to the platform, one JSON object a line.
///
/// The platform is made anew from it for every command, so the model needs no file format and a
/// rehearsal can be read afterwards. The first line says how it began.
struct Journal {
    /// How the platform begins.
    struct Beginning {
        /// The fleet's name, a part of every endpoint.
        var fleet = "bestpants"
        /// When it begins.
        var start: Timestamp
        /// What durations are drawn from.
        var seed: UInt64 = 1
        /// The hostnames that customers use.
        var hostnames = ["www.bestpants.com", "bestpants.com", "admin.bestpants.com"]
    }

    /// Something that happened.
    enum Entry {
        /// A command, the words after `fleet`, and what of it took effect.
        case command([String], effect: Effect, loaded: [Int])
        /// A record was changed at the DNS provider.
        case point(host: String, target: String?, ttl: Int?)
        /// The next command that begins with certain words is to go wrong.
        case fault(Fault, on: String)
        /// A fault was used up.
        case faulted(Fault, on: String)
    }

    /// What became of a command.
    enum Effect: String {
        case done
        case damaged
        case none
    }

    /// How it began.
    var beginning: Beginning
    /// What happened since, and when.
    var entries: [(time: Timestamp, entry: Entry)] = []

    /// A platform on which nothing happened yet.
    init(_ beginning: Beginning) { self.beginning = beginning }

    /// The journal of a state file.
    ///
    /// - Throws: `SimulatorError` naming the line that cannot be read.
    init(path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw SimulatorError("\(path): no platform; run fleet-simulator start")
        }
        var lines: [JSONObject] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let object = try? JSONReader.parse(Array(line.utf8)).object else {
                throw SimulatorError("\(path):\(index + 1): not a JSON object")
            }
            lines.append(object)
        }
        guard let first = lines.first, let start = first["start"]?.string.flatMap({ Timestamp($0) })
        else { throw SimulatorError("\(path):1: no start") }
        beginning = Beginning(start: start)
        beginning.fleet = first["fleet"]?.string ?? beginning.fleet
        beginning.seed = UInt64(first["seed"]?.integer ?? 1)
        beginning.hostnames =
            first["hostnames"]?.array?.compactMap(\.string) ?? beginning.hostnames
        for (index, object) in lines.dropFirst().enumerated() {
            guard let time = object["at"]?.string.flatMap({ Timestamp($0) }),
                let entry = Entry(object)
            else { throw SimulatorError("\(path):\(index + 2): not understood") }
            entries.append((time, entry))
        }
    }

    /// Writes the whole journal.
    ///
    /// - Throws: when the file cannot be written.
    func write(to path: String) throws {
        let first: JSONObject = [
            "fleet": .string(beginning.fleet), "start": .string(beginning.start.description),
            "seed": .integer(Int(beginning.seed)),
            "hostnames": .array(beginning.hostnames.map { .string($0) }),
        ]
        var bytes = try CanonicalJSON.encode(first) + [0x0A]
        for (time, entry) in entries {
            var object = entry.json
            object["at"] = .string(time.description)
            bytes += try CanonicalJSON.encode(object) + [0x0A]
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// The faults that wait for a command.
    var faults: [(fault: Fault, on: String)] {
        var waiting: [(fault: Fault, on: String)] = []
        for (_, entry) in entries {
            switch entry {
            case .fault(let fault, let on): waiting.append((fault, on))
            case .faulted(let fault, let on):
                if let index = waiting.firstIndex(where: { $0 == (fault, on) }) {
                    waiting.remove(at: index)
                }
            default: break
            }
        }
        return waiting
    }
}

extension Journal.Entry {
    fileprivate var json: JSONObject {
        switch self {
        case .command(let words, let effect, let loaded):
            JSONObject([
                ("command", .array(words.map { .string($0) })),
                ("effect", .string(effect.rawValue)),
                ("loaded", loaded.isEmpty ? nil : .array(loaded.map { .integer($0) })),
            ])
        case .point(let host, let target, let ttl):
            JSONObject([
                ("point", .string(host)), ("target", target.map { .string($0) }),
                ("ttl", ttl.map { .integer($0) }),
            ])
        case .fault(let fault, let on):
            ["fault": .string(fault.rawValue), "on": .string(on)]
        case .faulted(let fault, let on):
            ["faulted": .string(fault.rawValue), "on": .string(on)]
        }
    }

    fileprivate init?(_ object: JSONObject) {
        let on = object["on"]?.string ?? ""
        if let words = object["command"]?.array?.compactMap(\.string),
            let effect = object["effect"]?.string.flatMap(Journal.Effect.init)
        {
            self = .command(
                words, effect: effect, loaded: object["loaded"]?.array?.compactMap(\.integer) ?? [])
        } else if let host = object["point"]?.string {
            self = .point(
                host: host, target: object["target"]?.string, ttl: object["ttl"]?.integer)
        } else if let fault = object["fault"]?.string.flatMap(Fault.init) {
            self = .fault(fault, on: on)
        } else if let fault = object["faulted"]?.string.flatMap(Fault.init) {
            self = .faulted(fault, on: on)
        } else {
            return nil
        }
    }
}
