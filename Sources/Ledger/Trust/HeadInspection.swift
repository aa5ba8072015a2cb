/// What the signed heads in a ledger file are worth to someone who trusts certain keys.
///
/// A head counts when a trusted key signed it. The key that the log begins with, when such a head covers
/// it, and keys that others vouched for as `LogKeys` says count as well, and one that was retired so
/// counts no longer: an auditor who has only the first key, or only the newest, can follow a rotation.
struct HeadInspection {
    /// A head whose note says what its row says.
    struct Sound {
        let head: SignedHead
        let note: SignedNote
    }

    /// What is wrong with the heads.
    private(set) var findings: [Finding] = []
    /// The heads that can be read, by size.
    private(set) var sound: [Sound] = []
    /// The trusted policy with the keys that the log itself named under a trusted head.
    private(set) var policy: TrustPolicy?
    /// The size of the largest head that counts; without trust, of the largest that can be read.
    private(set) var signedSize = 0
    /// The head of that size that counts, with the most witnesses.
    private(set) var newest: VerifiedCheckpoint?
    /// The size of the largest head that the quorum of witnesses has signed; 0 without one.
    private(set) var witnessedSize = 0

    /// The keys that the log names, as far as a key that is believed vouched for them.
    private(set) var known = LogKeys()

    private let origin: String

    /// Inspects the heads of a log against the roots that its records give now.
    init(_ reading: LogReading, trust: TrustPolicy?) {
        origin = reading.origin
        policy = trust
        for head in reading.heads.sorted(by: { $0.size < $1.size }) { read(head) }
        hold(size: reading.size, against: reading.roots)
        known = keys(
            reading.keyStatements, trust: trust, roots: reading.roots,
            hasAllHeads: reading.hasAllHeads)
        guard let trust else {
            signedSize = sound.last.map { min($0.head.size, reading.size) } ?? 0
            return
        }
        believe(trust, hasAllHeads: reading.hasAllHeads)
    }

    private mutating func read(_ head: SignedHead) {
        let note: SignedNote
        let checkpoint: Checkpoint
        do throws(NoteError) {
            note = try SignedNote.parse(head.note)
            checkpoint = try Checkpoint.parse(note)
        } catch {
            findings.append(
                Finding(
                    .edited, found: head.note,
                    message: "the signed head of \(head.size) events cannot be read: \(error)"))
            return
        }
        guard
            checkpoint.isOf(origin: origin), checkpoint.size == head.size,
            checkpoint.root == head.root
        else {
            let row = Checkpoint(origin: origin, size: max(0, head.size), root: head.root)
            findings.append(
                Finding(
                    .edited, expected: checkpoint.text, found: row.text,
                    message: "a signed head says something else than its row"))
            return
        }
        sound.append(Sound(head: head, note: note))
    }

    /// Holds the heads against the tree; of those that disagree, the first says it for all.
    private mutating func hold(size: Int, against roots: [Int: Digest]) {
        let beyond = sound.filter { $0.head.size > size }
        if let first = beyond.first {
            findings.append(
                Finding(
                    .truncated, sequence: size + 1, expected: first.head.note,
                    found: "\(size) events",
                    message: "a head of \(first.head.size) events was signed"
                        + HeadInspection.more(beyond.count)))
        }
        let wrong = sound.filter { sound in
            roots[sound.head.size].map { $0 != sound.head.root } ?? false
        }
        guard let first = wrong.first else { return }
        let good = sound.last {
            $0.head.size < first.head.size && roots[$0.head.size] == $0.head.root
        }
        let after = good?.head.size ?? 0
        let now = roots[first.head.size] ?? MerkleTree.emptyRoot
        findings.append(
            Finding(
                .forked, sequence: after + 1, expected: first.head.root, found: now,
                message: "the first \(first.head.size) events no longer give the root that was "
                    + "signed, the first \(after) still do" + HeadInspection.more(wrong.count)))
    }

    private static func more(_ count: Int) -> String {
        count > 1 ? "; so with \(count - 1) more \(count == 2 ? "head" : "heads")" : ""
    }

    private mutating func believe(_ trust: TrustPolicy, hasAllHeads: Bool) {
        let believed = trust.adding(known.entries.map(\.key), origin: origin)
        var accepted: [(size: Int, head: VerifiedCheckpoint)] = []
        var strangers: [Sound] = []
        var broken: [(Sound, NoteError)] = []
        for sound in sound {
            do throws(NoteError) {
                let head = try believed.evaluate(sound.note)
                if signsStill(head, size: sound.head.size) {
                    accepted.append((sound.head.size, head))
                } else {
                    strangers.append(sound)
                }
            } catch {
                switch error {
                case .noKnownSignature, .wrongOrigin: strangers.append(sound)
                default: broken.append((sound, error))
                }
            }
        }
        policy = believed
        signedSize = accepted.map(\.size).max() ?? 0
        newest = accepted.filter { $0.size == signedSize }.map(\.head)
            .max {
                ($0.isQuorumMet ? 1 : 0, $0.witnesses.count) < (
                    $1.isQuorumMet ? 1 : 0, $1.witnesses.count
                )
            }
        witnessedSize = accepted.filter(\.head.isWitnessed).map(\.size).max() ?? 0
        report(strangers, broken)
        for statement in known.unvouched where hasAllHeads && statement.kind != .created {
            findings.append(
                Finding(
                    .wrongSigner, sequence: statement.sequence, found: statement.key.text,
                    message:
                        "\(statement.what), for which no trusted key vouched: it counts for nothing",
                    isFatal: false))
        }
    }

    /// The keys that the log names, as far as they may be believed.
    ///
    /// What the log begins with is believed when a head that the verifier trusts covers it.
    private func keys(
        _ statements: [KeyStatement], trust: TrustPolicy?, roots: [Int: Digest], hasAllHeads: Bool
    ) -> LogKeys {
        var keys = LogKeys()
        guard !statements.isEmpty else { return keys }
        let covered =
            trust.map { trust in
                sound.last { (try? trust.evaluate($0.note)) != nil }?.head.size ?? 0
            } ?? .max
        let trusted = (trust?.logs ?? []).filter { $0.origin == origin }.map(\.key)
        for statement in statements {
            let size = statement.sequence
            keys.follow(statement, besides: trusted, isRooted: size <= covered) { by in
                // Where the newest head alone came along, only who signed that can have vouched.
                guard hasAllHeads else { return size <= covered }
                return sound.contains { sound in
                    sound.head.size == size && roots[size] == sound.head.root
                        && (try? sound.note.verify(with: by)) != nil
                }
            }
        }
        return keys
    }

    /// Whether one of the keys that signed was not retired before.
    private func signsStill(_ head: VerifiedCheckpoint, size: Int) -> Bool {
        head.note.signatures.contains { signature in
            guard signature.key.type == .ed25519 else { return false }
            return known.entry(of: signature.key)?.retired.map { size <= $0 } ?? true
        }
    }

    private mutating func report(_ strangers: [Sound], _ broken: [(Sound, NoteError)]) {
        for (sound, error) in broken {
            findings.append(
                Finding(
                    .wrongSigner, sequence: nil, found: sound.head.note,
                    message: "the head of \(sound.head.size) events: \(error)"))
        }
        guard let first = strangers.first else { return }
        let trusted = (policy?.logs ?? []).map(\.key.text)
        findings.append(
            Finding(
                .wrongSigner, expected: trusted.joined(separator: "\n"), found: first.head.note,
                message: "the head of \(first.head.size) events is signed by no trusted key"
                    + HeadInspection.more(strangers.count)))
    }
}

extension TrustPolicy {
    /// The same policy with further keys of one log.
    func adding(_ keys: [VerifierKey], origin: String) -> TrustPolicy {
        let new = keys.filter { key in !logs.contains { $0.key == key } }
        guard !new.isEmpty else { return self }
        return TrustPolicy(
            logs: logs + new.map { Log(key: $0, origin: origin, url: nil) }, witnesses: witnesses,
            groups: groups, quorum: quorum)
    }
}
