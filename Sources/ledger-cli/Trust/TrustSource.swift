import Ledger

/// Whom a verifier believes, and who says so.
///
/// It never comes from the ledger file itself: that is what is being verified.
struct TrustSource: Sendable {
    /// Who says so.
    enum Origin: Sendable, Equatable {
        /// The policy file that `--policy` names.
        case policy(String)
        /// The keys that `--key` gives.
        case key
        /// `LEDGER_TRUST`.
        case variable
        /// The public keys that `init` wrote beside the ledger.
        case beside(String)
        /// Nobody.
        case none
    }

    /// Who says so.
    let origin: Origin
    /// Whom to believe; nil when nobody says.
    let policy: TrustPolicy?

    /// True when it comes from the verifier, not from beside the ledger.
    var isExplicit: Bool {
        switch origin {
        case .policy, .key, .variable: true
        case .beside, .none: false
        }
    }

    /// The source in words, for JSON answers.
    var name: String {
        switch origin {
        case .policy: "policy"
        case .key: "key"
        case .variable: "LEDGER_TRUST"
        case .beside: "vkey-file"
        case .none: "none"
        }
    }

    /// Where the key was found, when nobody named one; nil otherwise.
    var place: String? {
        guard case .beside(let name) = origin else { return nil }
        return "key from \(Table.printable(name)) beside the ledger"
    }

    /// What a key beside the ledger cannot show.
    static let unseen =
        "not seen without a key from elsewhere: the key beside the ledger replaced"

    /// Finds the trust for a log: `--policy`, else `--key`, else `LEDGER_TRUST`, else the file
    /// beside the ledger.
    ///
    /// - Parameters:
    ///   - policy: the value of `--policy`.
    ///   - keys: the values of `--key`: public keys, or files of them.
    ///   - ledger: the ledger beside which to look; nil for a proof without one.
    ///   - log: the log that bare keys stand for; nil when each stands for the log of its name.
    ///   - needsLog: false when only the witnesses of a policy are asked for.
    /// - Returns: whom to believe, and who says so.
    /// - Throws: `CLIError` when what is named cannot be read.
    static func find(
        policy: String?, keys: [String], ledger: String?, log: String?, needsLog: Bool = true
    ) throws(CLIError) -> TrustSource {
        let source = try sought(policy: policy, keys: keys, ledger: ledger, log: log)
        if needsLog, let policy = source.policy, policy.logs.isEmpty {
            let file = Surroundings.current.environment("LEDGER_TRUST") ?? ""
            let name = if case .policy(let name) = source.origin { name } else { file }
            throw .unreadable(
                name, why: "no log line, so that it believes no key",
                hint: "add a line: log VKEY, with what ledger-cli key show prints")
        }
        return source
    }

    private static func sought(
        policy: String?, keys: [String], ledger: String?, log: String?
    ) throws(CLIError) -> TrustSource {
        let surroundings = Surroundings.current
        if let policy {
            return TrustSource(
                origin: .policy(policy), policy: try parsePolicy(try text(policy), name: policy))
        }
        if !keys.isEmpty {
            var all: [VerifierKey] = []
            for key in keys { all += try publicKeys(key) }
            return TrustSource(origin: .key, policy: TrustPolicy(logKeys: all, origin: log))
        }
        if let value = surroundings.environment("LEDGER_TRUST"), !value.isEmpty {
            return TrustSource(origin: .variable, policy: try trust(value, log: log))
        }
        guard let ledger else { return TrustSource(origin: .none, policy: nil) }
        let beside = KeyFile.publicName(of: ledger)
        guard OperatingSystem.exists(surroundings.path(beside)) else {
            return TrustSource(origin: .none, policy: nil)
        }
        guard OperatingSystem.isRegular(surroundings.path(beside)) else {
            throw .unreadable(
                beside, why: "no plain file", hint: "move it away, or name a key with --key")
        }
        return TrustSource(
            origin: .beside(beside),
            policy: TrustPolicy(logKeys: try keysOnly(try text(beside), name: beside), origin: log))
    }

    /// A policy file, a file of public keys, or the text of one.
    private static func trust(_ value: String, log: String?) throws(CLIError) -> TrustPolicy {
        try refuseSecret(value)
        if let key = try? VerifierKey.parse(value) {
            return TrustPolicy(logKeys: [key], origin: log)
        }
        let text = try text(value)
        if let keys = try? PublicKeyFile.parse(text), !keys.isEmpty {
            return TrustPolicy(logKeys: keys, origin: log)
        }
        return try parsePolicy(text, name: value)
    }

    private static func publicKeys(_ value: String) throws(CLIError) -> [VerifierKey] {
        try refuseSecret(value)
        let fault: KeyError
        do { return [try VerifierKey.parse(value)] } catch { fault = error }
        guard OperatingSystem.exists(Surroundings.current.path(value)) else {
            // Every public key has two of them; a name without is meant as that of a file.
            let isKey = value.count(where: { $0 == "+" }) >= 2
            throw .usage(
                isKey
                    ? "--key: \(fault)"
                    : "--key: \(Table.printable(value)): there is no such file, nor is it a public key",
                hint: "give a public key, as ledger-cli key show prints it, or a file of them")
        }
        return try keysOnly(try text(value), name: value)
    }

    private static func keysOnly(_ text: String, name: String) throws(CLIError) -> [VerifierKey] {
        let keys: [VerifierKey]
        do { keys = try PublicKeyFile.parse(text) } catch {
            throw .unreadable(name, why: "\(error)", hint: "one public key a line")
        }
        guard !keys.isEmpty else {
            throw .unreadable(name, why: "no public key in it", hint: "one public key a line")
        }
        return keys
    }

    private static func parsePolicy(_ text: String, name: String) throws(CLIError) -> TrustPolicy {
        do { return try TrustPolicy.parse(text) } catch {
            throw .unreadable(
                name, why: "\(error)", hint: "a policy is written as c2sp.org/tlog-policy says")
        }
    }

    private static func text(_ name: String) throws(CLIError) -> String {
        do {
            return String(decoding: try Surroundings.current.bytes(of: name), as: UTF8.self)
        } catch {
            throw .unreadable(name, why: "\(error)".afterName(name), hint: nil)
        }
    }

    private static func refuseSecret(_ text: String) throws(CLIError) {
        guard !text.utf8.starts(with: "PRIVATE+KEY+".utf8) else {
            throw .usage(
                "--key: expected a public key, not a private one",
                hint: "ledger-cli key show prints the public key")
        }
    }
}

extension String {
    /// The text without the subject in front of it that an error repeats.
    fileprivate func afterName(_ name: String) -> String {
        hasPrefix(name + ": ") ? String(dropFirst(name.count + 2)) : self
    }
}
