import CResolver

/// A DNS server: a host, and the port that it listens on.
struct NameServer: Sendable, Hashable {
    /// A name or an IPv4 address.
    var host: String
    /// 53 as a rule.
    var port: UInt16 = 53

    /// A server.
    init(host: String, port: UInt16 = 53) {
        self.host = host
        self.port = port
    }

    /// The server of `HOST` or `HOST:PORT`; nil for another text.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2 else { return nil }
        self.host = String(host)
        guard parts.count == 2 else { return }
        guard let port = UInt16(parts[1]), port > 0 else { return nil }
        self.port = port
    }

    /// The server of an option, else of `LEDGER_RESOLVER`; nil for those of the system.
    ///
    /// - Throws: `CLIError.usage` for another text.
    static func chosen(_ option: String?) throws(CLIError) -> NameServer? {
        let variable = Surroundings.current.environment("LEDGER_RESOLVER")
        guard let text = option ?? variable, !text.isEmpty else { return nil }
        guard let server = NameServer(text) else {
            throw .usage(
                "resolver \"\(text)\": expected HOST or HOST:PORT", hint: "--resolver 9.9.9.9:53")
        }
        return server
    }
}

/// One question to one DNS server, and its answer.
struct NameQuestion {
    /// The types of record that are asked for (RFC 1035 section 3.2.2, RFC 3596).
    enum RecordType: Int32 {
        case address = 1
        case server = 2
        case alias = 5
        case address6 = 28
    }

    /// A record of the answer.
    struct Record {
        var type: RecordType
        var owner: String
        var value: String
        var ttl: Int
    }

    /// What a server said.
    struct Answer {
        var records: [Record] = []
        /// True when the server is one of those that know.
        var isAuthoritative = false
        /// True when there is no such name.
        var isMissing = false

        /// The names that a name is an alias of, one after the other.
        func chain(from host: String) -> [String] {
            var chain: [String] = []
            var name = host
            while let next = records.first(where: { $0.type == .alias && $0.owner == name })?.value,
                !chain.contains(next), next != host
            {
                chain.append(next)
                name = next
            }
            return chain
        }

        /// The addresses of a name.
        func addresses(of name: String) -> [String] {
            records.filter { ($0.type == .address || $0.type == .address6) && $0.owner == name }
                .map(\.value)
        }
    }

    /// How long a server is waited for, in seconds; it is asked twice.
    private static let patience: Int32 = 3

    /// Asks a server, or those of the system; nil when none gave an answer that can be used.
    static func ask(
        _ name: String, _ type: RecordType, of server: NameServer?, recursively: Bool = true
    ) -> Answer? {
        var answer = ledger_dns_answer()
        let capacity = 64
        let records = UnsafeMutablePointer<ledger_dns_record>.allocate(capacity: capacity)
        defer { records.deallocate() }
        let status = ledger_dns_ask(
            server?.host, server?.port ?? 53, name, type.rawValue, recursively ? 1 : 0, patience,
            records, Int32(capacity), &answer)
        guard status == 0, answer.code == 0 || answer.code == 3 else { return nil }
        var found = Answer(
            isAuthoritative: answer.is_authoritative != 0, isMissing: answer.code == 3)
        for index in 0..<Int(answer.count) {
            guard let type = RecordType(rawValue: records[index].type) else { continue }
            found.records.append(
                Record(
                    type: type, owner: normal(text(&records[index].owner)),
                    value: normal(text(&records[index].value)), ttl: Int(records[index].ttl)))
        }
        return found
    }

    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func normal(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
