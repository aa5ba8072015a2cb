import Glibc
import Ledger
import Synchronization

/// What a writer does until it is killed: it appends and prints each acknowledgement.
public enum WriterProgram {
    /// Appends for ever; the manner goes by the number.
    ///
    /// - Throws: `StoreError`, `KeyError`.
    public static func run(_ path: String, number: Int) async throws {
        let signer = number % 3 == 0 ? try Specimen.signer() : nil
        let store = try LedgerStore.open(path: path, busyWait: .seconds(60), signer: signer)
        switch number % 4 {
        case 0: try await together(store, callers: 4)
        case 1: try alone(store, batch: 3)
        default: try alone(store, batch: 1)
        }
    }

    private static func alone(_ store: LedgerStore, batch: Int) throws {
        var random = SystemRandomNumberGenerator()
        var count = 0
        while true {
            let drafts = (0..<batch).map { _ in
                count += 1
                return Specimen.draft(
                    count, using: &random, text: count % 5 == 0 ? "what was printed" : nil)
            }
            try tell(try store.append(drafts, recordedTime: Specimen.now))
        }
    }

    private static func together(_ store: LedgerStore, callers: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var random = SystemRandomNumberGenerator()
                    for count in 1... {
                        let draft = Specimen.draft(count, using: &random)
                        try tell(
                            try await store.appendTogether([draft], recordedTime: Specimen.now))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One write a call, so that lines of several callers do not mix.
    private static func tell(_ appended: [Appended]) throws {
        let lines = appended.map { Acknowledgement($0).line + "\n" }.joined()
        var bytes = Array(lines.utf8)
        guard write(1, &bytes, bytes.count) == bytes.count else {
            throw StoreError.io(code: Int(errno), message: "nobody reads what is acknowledged")
        }
    }

    /// Appends until it fails, and prints what was acknowledged and the error.
    ///
    /// - Parameters:
    ///   - path: where the ledger is.
    ///   - user: becomes that user before.
    ///   - limit: no file may grow beyond so many bytes.
    ///   - most: how many events are enough.
    public static func attempt(_ path: String, user: Int?, limit: Int?, most: Int) {
        if let user {
            setgroups(0, nil)
            guard setregid(gid_t(user), gid_t(user)) == 0, setreuid(uid_t(user), uid_t(user)) == 0
            else { return print("cannot become user \(user)") }
        }
        if let limit {
            signal(SIGXFSZ, SIG_IGN)
            var most = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &most)
        }
        do {
            let store = try LedgerStore.open(path: path, busyWait: .milliseconds(200))
            var random = SystemRandomNumberGenerator()
            for count in 1...max(1, most) {
                let draft = Specimen.draft(count, using: &random)
                try tell(try store.append([draft], recordedTime: Specimen.now))
            }
        } catch {
            print("error: \(error)")
        }
    }
}

/// A try to append in a process of its own, with fewer rights or less room.
public struct Attempt: Sendable {
    /// What was acknowledged.
    public let acknowledged: [Acknowledgement]
    /// The error in words; nil when all went well.
    public let error: String?

    /// Runs `torturer attempt`.
    ///
    /// - Throws: when it cannot be started.
    public init(
        program: String, path: String, user: Int? = nil, limit: Int? = nil, most: Int = 1
    ) throws {
        var words = [program, "attempt", path, "--most", "\(most)"]
        if let user { words += ["--user", "\(user)"] }
        if let limit { words += ["--limit", "\(limit)"] }
        let (lines, status) = try Child(words).finish()
        acknowledged = lines.compactMap { Acknowledgement(line: $0) }
        let rest = lines.filter { Acknowledgement(line: $0) == nil }
        error =
            rest.isEmpty && status == 0
            ? nil : rest.joined(separator: "\n") + (status == 0 ? "" : " (exit \(status))")
    }
}
