import Ledger

/// Restores a ledger from a bundle: checked before, byte for byte, checked after.
struct BundleImport {
    /// The directory as the user named it.
    let name: String
    /// The options of the command.
    let global: GlobalOptions

    /// Verifies the bundle, makes the ledger beside its place, verifies it, and puts it there.
    ///
    /// - Throws: `Exit` when the bundle does not verify; `CLIError` when something is in the place;
    ///   `ExportError`, `StoreError`.
    func run(isDryRun: Bool, format: OutputFormat) throws {
        let bundle = try BundleReader(Surroundings.current.path(name))
        guard bundle.strayParts.isEmpty else {
            throw CLIError.unreadable(
                name, why: "a bundle without its bundle.json, so nobody can tell what is missing",
                hint: "ledger-cli verify --bundle \(name), then get a whole copy of it")
        }
        guard bundle.isBundle || bundle.manifest.size == 0 else {
            throw CLIError.unreadable(
                name, why: "a tile log has no attachments, so no ledger can be restored from it",
                hint: "ledger-cli export --bundle DIR writes what can")
        }
        let replaced = try emptyLedger(of: bundle.manifest.origin)
        let trust = try trust(of: bundle, replaced)
        let progress = Progress()
        let demands = VerificationDemands(
            trust: trust.policy, isTrustExplicit: trust.isExplicit)
        let found = try LogVerification(bundle, demands: demands) { count in
            try progress.show("verified \(count) events of the bundle")
        }
        try progress.clear()
        guard found.verdict != .doesNotVerify else {
            try print(VerificationReport(result: found, trust: trust), format)
            try Output.note("ledger: note: nothing was restored")
            throw Exit(status: .doesNotVerify)
        }
        let report = VerificationReport(result: found, trust: trust)
        if isDryRun {
            if format == .json {
                return try Output.json(
                    report.restored([
                        "events": .integer(found.size), "root": .string(found.root.base64),
                    ]))
            }
            try Output.line(
                "\(found.size) events would be restored, root \(found.root.base64); "
                    + "nothing was written")
            return try Output.lines(report.restored)
        }
        try progress.show("restoring \(found.size) events")
        try restore(bundle, as: found, replacing: replaced, progress)
        try progress.clear()
        if format == .json {
            return try Output.json(
                report.restored([
                    "restored": .integer(found.size), "root": .string(found.root.base64),
                    "origin": .string(bundle.manifest.origin), "ledger": .string(global.given),
                    "heads": .integer(found.headCount),
                ]))
        }
        try Output.line(
            "restored \(found.size) events of \(bundle.manifest.origin) to \(global.given)")
        try Output.line("root \(found.root.base64), the same as in the bundle")
        try Output.lines(report.restored)
        if !found.keys.active.isEmpty, replaced == nil {
            try Output.note(
                "ledger: note: no key is in a bundle; to go on signing, put the ledger's key file "
                    + "at \(KeyFile.privateName(of: global.given))")
        }
    }

    private func print(_ report: VerificationReport, _ format: OutputFormat) throws {
        format == .json ? try Output.json(report.json) : try Output.lines(report.lines)
    }

    /// What is in the place, when it is a ledger of nothing but its creation; nil when nothing is, or a
    /// file without a byte.
    ///
    /// - Throws: `CLIError` when something else is.
    private func emptyLedger(of origin: String) throws -> LedgerStore? {
        guard OperatingSystem.exists(global.path), !OperatingSystem.isEmptyFile(global.path) else {
            for path in ["-journal", "-wal"].map({ global.path + $0 })
            where OperatingSystem.exists(path) && !OperatingSystem.isEmptyFile(path) {
                throw StoreError.journalLeft(path: path)
            }
            return nil
        }
        let store = try global.open()
        let size = try store.size()
        guard size == 1, store.origin == origin else {
            throw CLIError.unreadable(
                global.given,
                why: size > 1
                    ? "holds \(size) events; a bundle restores a whole ledger into an empty one"
                    : "is the ledger \(store.origin), the bundle is of \(origin)",
                hint: "name a new file with --ledger PATH")
        }
        return store
    }

    /// Whom to believe about the bundle: `LEDGER_TRUST`, else the public key beside the ledger,
    /// unless that key was made with the empty ledger that is replaced.
    private func trust(of bundle: BundleReader, _ replaced: LedgerStore?) throws -> TrustSource {
        let trust = try TrustSource.find(
            policy: nil, keys: [], ledger: global.given, log: bundle.manifest.origin)
        guard case .beside = trust.origin, let replaced else { return trust }
        let own = try replaced.logKeys().active
        let isOwn = trust.policy?.logs.allSatisfy { log in own.contains(log.key) } ?? false
        guard isOwn, try !isOfBundle(own, bundle) else { return trust }
        return TrustSource(origin: .none, policy: nil)
    }

    /// True when the bundle's own events name one of the keys, as when the old key was given to
    /// `init`.
    private func isOfBundle(_ keys: [VerifierKey], _ bundle: BundleReader) throws -> Bool {
        var named: Set<VerifierKey> = []
        try bundle.forEachRecord { record in
            guard let statement = (try? record.event()).flatMap(KeyStatement.init) else { return }
            named.insert(statement.key)
        }
        return keys.contains(where: named.contains)
    }

    private func restore(
        _ bundle: BundleReader, as found: LogVerification, replacing replaced: LedgerStore?,
        _ progress: Progress
    ) throws {
        let temporary = global.path + ".restoring"
        if OperatingSystem.exists(temporary) { OperatingSystem.remove(temporary) }
        do {
            try LedgerStore.restore(path: temporary, from: bundle).close()
            let copy = try LedgerStore.openAtRest(path: temporary)
            let result = try copy.read { snapshot in
                try LogVerification(snapshot, origin: copy.origin) { count in
                    try progress.show("verified \(count) events of the ledger")
                }
            }
            try copy.close()
            guard result.verdict != .doesNotVerify, result.root == found.root,
                result.size == found.size
            else {
                throw CLIError.unreadable(
                    global.given, why: "the restored ledger is not what the bundle holds",
                    hint: "ledger-cli verify --bundle \(name)")
            }
            if let replaced { try clear(replaced, keys: result.keys) }
            if OperatingSystem.isEmptyFile(global.path) { OperatingSystem.remove(global.path) }
            if !OperatingSystem.exists(global.path) {
                // What is left of the empty ledger would be read into the new one.
                for suffix in ["-journal", "-wal", "-shm"] {
                    OperatingSystem.remove(global.path + suffix)
                }
            }
            try OperatingSystem.moveToFreePlace(temporary, global.path)
        } catch {
            OperatingSystem.remove(temporary)
            throw error
        }
    }

    /// Makes room: the empty ledger goes, and a key that it alone was made with is set aside.
    private func clear(_ replaced: LedgerStore, keys: LogKeys) throws {
        let own = try replaced.logKeys().active
        try replaced.close()
        for suffix in ["", "-wal", "-shm"] { OperatingSystem.remove(global.path + suffix) }
        guard !own.isEmpty, !own.contains(where: { keys.entry(of: $0) != nil }) else { return }
        for name in [
            KeyFile.privateName(of: global.given), KeyFile.publicName(of: global.given),
        ] {
            let path = Surroundings.current.path(name)
            guard OperatingSystem.exists(path) else { continue }
            try OperatingSystem.moveToFreePlace(path, path + ".unused")
            try Output.note(
                "ledger: note: \(name) signed only the empty ledger and is \(name).unused now; put "
                    + "the restored ledger's key in its place")
        }
    }
}
