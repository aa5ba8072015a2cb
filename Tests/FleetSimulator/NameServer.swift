import FleetModel
import Foundation
import Ledger

/// A small DNS server on UDP (RFC 1035) that answers what the simulated provider would.
///
/// A name below the apex is an alias of an environment's endpoint, the apex itself is flattened to
/// addresses, and each endpoint has addresses of its own.
struct NameServer {
    /// The state file.
    let path: String
    /// The time.
    let clock: SimulatorClock
    /// True to answer as a caching resolver would, without authority and with what it remembers.
    let isCaching: Bool

    /// Answers until the process is ended; tells the port that it got.
    ///
    /// - Throws: `SimulatorError` when the port cannot be had.
    func serve(port: UInt16) throws {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_DGRAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        guard descriptor >= 0, bound == 0 else {
            throw SimulatorError("port \(port): cannot be had")
        }
        var actual = sockaddr_in()
        var actualLength = length
        _ = withUnsafeMutablePointer(to: &actual) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &actualLength)
            }
        }
        Session.say("127.0.0.1:\(UInt16(bigEndian: actual.sin_port))\n")
        while true {
            // One that nobody asks any more was forgotten, and goes.
            alarm(1200)
            try answerOne(descriptor)
        }
    }

    private func answerOne(_ descriptor: Int32) throws {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length)
            }
        }
        guard count > 0, let query = NameQuery(Array(buffer.prefix(count))) else { return }
        let reply = try query.reply(with: records(for: query), hasAuthority: !isCaching)
        _ = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, reply, reply.count, 0, $0, length)
            }
        }
    }

    /// The records that answer a query; nil when there is no such name.
    private func records(for query: NameQuery) throws -> [NameRecord]? {
        let fleet = SimulatedFleet(try Journal(path: path), at: try clock.now())
        guard let host = fleet.platform.hosts[query.name] else {
            return endpoint(query.name, fleet)
        }
        var target = host.target
        var ttl = host.ttl
        if isCaching, let old = host.cached.last(where: { $0.until > fleet.platform.now }) {
            target = old.target
            ttl = old.until - fleet.platform.now
        }
        let isAdmin = query.name.hasPrefix("admin.")
        let name = "\(isAdmin ? "admin" : "www").\(target).\(fleet.fleet).f.nchr.io"
        let addresses = endpoint(name, fleet) ?? []
        let isApex = query.name.split(separator: ".").count == 2
        guard !isApex else {
            return addresses.map { NameRecord(name: query.name, ttl: ttl, data: $0.data) }
        }
        return [NameRecord(name: query.name, ttl: ttl, data: .alias(name))] + addresses
    }

    private func endpoint(_ name: String, _ fleet: SimulatedFleet) -> [NameRecord]? {
        let labels = name.split(separator: ".").map(String.init)
        guard labels.count == 6, Array(labels.suffix(4)) == [fleet.fleet, "f", "nchr", "io"],
            let environment = fleet.platform.environments[labels[1]]
        else { return nil }
        // A new environment of an old name has new addresses (Fleet, "going live").
        let number = UInt8(truncatingIfNeeded: environment.created / 7)
        let service: UInt8 = labels[0] == "admin" ? 2 : 1
        let length = UInt8(truncatingIfNeeded: labels[1].utf8.reduce(0) { $0 &+ Int($1) })
        return [
            NameRecord(name: name, ttl: 60, data: .address([10, length, number, service])),
            NameRecord(name: name, ttl: 60, data: .address([10, length, number, service + 10])),
        ]
    }
}

/// A resource record.
struct NameRecord {
    enum Value {
        case alias(String)
        case address([UInt8])
    }

    let name: String
    let ttl: Int
    let data: Value
}

/// A question of one name, as it came in a datagram.
struct NameQuery {
    /// The name in lower case.
    let name: String
    private let type: UInt16
    private let head: [UInt8]
    private let question: [UInt8]

    /// The query of a message; nil when it is none.
    init?(_ message: [UInt8]) {
        guard message.count > 16, message[2] & 0x80 == 0 else { return nil }
        var index = 12
        var labels: [String] = []
        while index < message.count, message[index] != 0 {
            let length = Int(message[index])
            guard length < 64, index + length < message.count else { return nil }
            labels.append(
                String(decoding: message[(index + 1)...(index + length)], as: UTF8.self))
            index += length + 1
        }
        guard index + 4 < message.count else { return nil }
        name = labels.joined(separator: ".").lowercased()
        type = UInt16(message[index + 1]) << 8 | UInt16(message[index + 2])
        head = Array(message.prefix(3))
        question = Array(message[12...(index + 4)])
    }

    /// The message that answers; no records means that there is no such name.
    func reply(with records: [NameRecord]?, hasAuthority: Bool) -> [UInt8] {
        let isNameType = type == 1 || type == 5 || type == 255
        let answers = (records ?? []).filter { record in
            guard isNameType else { return false }
            if case .address = record.data { return type != 5 }
            return true
        }
        let authority: UInt8 = hasAuthority ? 0x04 : 0
        var bytes = head.prefix(2) + [0x80 | authority | (head[2] & 0x01)]
        bytes += [0x80 | (records == nil ? 3 : 0)]
        bytes += [0, 1, 0, UInt8(answers.count), 0, 0, 0, 0]
        bytes += question
        for record in answers {
            bytes += NameQuery.encoded(record.name)
            let value: [UInt8]
            switch record.data {
            case .alias(let name):
                bytes += [0, 5, 0, 1]
                value = NameQuery.encoded(name)
            case .address(let address):
                bytes += [0, 1, 0, 1]
                value = address
            }
            bytes += NameQuery.bytes(UInt32(record.ttl), 4)
            bytes += NameQuery.bytes(UInt32(value.count), 2) + value
        }
        return Array(bytes)
    }

    private static func bytes(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func encoded(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}
