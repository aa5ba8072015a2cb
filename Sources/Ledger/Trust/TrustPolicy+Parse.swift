/// Why a policy file is refused, with the line, counted from 1.
public struct PolicyError: Error, Equatable, Sendable {
    /// What is wrong with a line.
    public enum Fault: Equatable, Sendable {
        /// A control character other than tab and line feed.
        case controlByte(UInt8)
        /// A first word other than `log`, `witness`, `group` and `quorum`.
        case unknownKeyword(String)
        /// Too few or too many words; the form expected.
        case wrongForm(String)
        /// A key text that cannot be used.
        case key(KeyError)
        /// A key of a type that this line does not take.
        case wrongKeyType(expected: SignatureType, found: SignatureType)
        /// A public key that an earlier line of the same kind has.
        case duplicateKey
        /// A name that an earlier line defined.
        case duplicateName(String)
        /// The name `none`, which only the quorum line may use.
        case reservedName
        /// A member or quorum that no earlier line defined.
        case undefinedName(String)
        /// A name that is a group member already.
        case alreadyMember(String)
        /// A threshold that is not `all`, `any` or a number from 1 to the number of members.
        case badThreshold(String)
        /// A second quorum line.
        case secondQuorum
        /// No quorum line; the line is the last of the file.
        case noQuorum
    }

    /// The line, counted from 1.
    public let line: Int
    /// What is wrong with it.
    public let fault: Fault
}

extension PolicyError: CustomStringConvertible {
    /// One line: where, and what was expected.
    public var description: String { "policy line \(line): \(fault)" }
}

extension PolicyError.Fault: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .controlByte(let byte): "control character \(byte) is not allowed"
        case .unknownKeyword(let word):
            "\(word) is not one of log, witness, group, quorum"
        case .wrongForm(let form): "expected: \(form)"
        case .key(let error): "\(error)"
        case .wrongKeyType(let expected, let found):
            "key has signature type \(found.rawValue), this line takes \(expected.rawValue)"
        case .duplicateKey: "public key stands on an earlier line"
        case .duplicateName(let name): "name \(name) is defined on an earlier line"
        case .reservedName: "name none is reserved for the quorum line"
        case .undefinedName(let name): "name \(name) is not defined on an earlier line"
        case .alreadyMember(let name): "name \(name) is a group member already"
        case .badThreshold(let text):
            "threshold \(text) is not all, any or a number of members"
        case .secondQuorum: "a second quorum line"
        case .noQuorum: "no quorum line; add one, such as: quorum none"
        }
    }
}

extension TrustPolicy {
    /// Reads a policy file (C2SP tlog-policy).
    ///
    ///     log <vkey> [<url>]
    ///     witness <name> <vkey> [<url>]
    ///     group <name> all|any|<k> <member>...
    ///     quorum <name>|none
    ///
    /// Words are separated by spaces and tabs; lines that begin with `#` and empty lines say
    /// nothing. Names are bytes, defined before use, each a member of at most one group, so
    /// that a witness counts once and cycles cannot be written. There is no limit on their
    /// number. Throws `PolicyError` for the first line at fault.
    public static func parse(_ bytes: [UInt8]) throws(PolicyError) -> TrustPolicy {
        var draft = Draft()
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            do throws(PolicyError.Fault) { try draft.read(line) } catch {
                throw PolicyError(line: number, fault: error)
            }
        }
        guard let quorum = draft.quorum else {
            throw PolicyError(line: number, fault: .noQuorum)
        }
        return TrustPolicy(
            logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups,
            quorum: quorum == Draft.none ? nil : quorum)
    }

    /// Reads a policy file from text.
    ///
    /// Throws `PolicyError`.
    public static func parse(_ text: String) throws(PolicyError) -> TrustPolicy {
        try parse(Array(text.utf8))
    }
}

extension PolicyError.Fault: Error {}

/// A policy while its lines are read.
private struct Draft {
    typealias Fault = PolicyError.Fault
    typealias Name = TrustPolicy.Name
    typealias Word = ArraySlice<UInt8>

    static let none = Name("none".utf8)

    var logs: [TrustPolicy.Log] = []
    var witnesses: [TrustPolicy.Witness] = []
    var groups: [TrustPolicy.Group] = []
    var quorum: Name?
    private var defined: Set<Name> = []
    private var members: Set<Name> = []

    mutating func read(_ line: Word) throws(Fault) {
        if let byte = line.first(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) {
            throw .controlByte(byte)
        }
        let words = line.split { $0 == 0x20 || $0 == 0x09 }
        guard let keyword = words.first, keyword.first != UInt8(ascii: "#") else { return }
        switch String(decoding: keyword, as: UTF8.self) {
        case "log": try readLog(words)
        case "witness": try readWitness(words)
        case "group": try readGroup(words)
        case "quorum": try readQuorum(words)
        case let other: throw .unknownKeyword(other)
        }
    }

    private mutating func readLog(_ words: [Word]) throws(Fault) {
        guard 2...3 ~= words.count else { throw .wrongForm("log <vkey> [<url>]") }
        let key = try key(words[1], type: .ed25519, besides: logs.map(\.key))
        logs.append(TrustPolicy.Log(key: key, origin: key.name.text, url: text(words, at: 2)))
    }

    private mutating func readWitness(_ words: [Word]) throws(Fault) {
        guard 3...4 ~= words.count else { throw .wrongForm("witness <name> <vkey> [<url>]") }
        let name = try newName(words[1])
        let key = try key(words[2], type: .cosignature, besides: witnesses.map(\.key))
        witnesses.append(TrustPolicy.Witness(name: name, key: key, url: text(words, at: 3)))
        defined.insert(name)
    }

    private mutating func readGroup(_ words: [Word]) throws(Fault) {
        guard words.count >= 4 else { throw .wrongForm("group <name> all|any|<k> <member>...") }
        let name = try newName(words[1])
        let threshold = try threshold(words[2], of: words.count - 3)
        var names: [Name] = []
        for member in words[3...].map(Name.init) {
            guard defined.contains(member) else { throw .undefinedName(member.description) }
            guard members.insert(member).inserted else {
                throw .alreadyMember(member.description)
            }
            names.append(member)
        }
        groups.append(TrustPolicy.Group(name: name, threshold: threshold, members: names))
        defined.insert(name)
    }

    private mutating func readQuorum(_ words: [Word]) throws(Fault) {
        guard words.count == 2 else { throw .wrongForm("quorum <name>|none") }
        guard quorum == nil else { throw .secondQuorum }
        let name = Name(words[1])
        guard name == Draft.none || defined.contains(name) else {
            throw .undefinedName(name.description)
        }
        quorum = name
    }

    private func newName(_ word: Word) throws(Fault) -> Name {
        let name = Name(word)
        guard name != Draft.none else { throw .reservedName }
        guard !defined.contains(name) else { throw .duplicateName(name.description) }
        return name
    }

    private func threshold(_ word: Word, of count: Int) throws(Fault) -> Int {
        let text = String(decoding: word, as: UTF8.self)
        switch text {
        case "all": return count
        case "any": return 1
        default:
            guard let number = CanonicalDecimal.parse(word), 1...count ~= number else {
                throw .badThreshold(text)
            }
            return number
        }
    }

    /// A key of the right type whose public key none of the others has, whatever their names.
    private func key(
        _ word: Word, type: SignatureType, besides others: [VerifierKey]
    ) throws(Fault) -> VerifierKey {
        let key: VerifierKey
        do { key = try VerifierKey.parse(word) } catch { throw .key(error) }
        guard key.type == type else { throw .wrongKeyType(expected: type, found: key.type) }
        guard !others.contains(where: { $0.publicKey == key.publicKey }) else {
            throw .duplicateKey
        }
        return key
    }

    private func text(_ words: [Word], at index: Int) -> String? {
        words.indices.contains(index) ? String(decoding: words[index], as: UTF8.self) : nil
    }
}
