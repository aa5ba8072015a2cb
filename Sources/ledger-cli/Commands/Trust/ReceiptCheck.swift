import Ledger

/// Checks that a record was logged, from its receipt alone.
struct ReceiptCheck {
    let receipt: String
    let record: String
    let trust: TrustSource

    /// What the check came to.
    private struct Answer {
        let verdict: Verdict
        var head: VerifiedCheckpoint?
        var index: Int?
        var error: String?
        var isWithoutLineFeed = false
    }

    /// Checks, prints, and ends with the status.
    ///
    /// - Throws: `CLIError.keyMissing` when nobody says whom to believe, `Exit`.
    func run(requiresAnchor: Bool, format: OutputFormat) throws {
        guard let policy = trust.policy else { throw CLIError.noTrust }
        let surroundings = Surroundings.current
        let answer = check(
            try surroundings.bytes(of: receipt), try surroundings.bytes(of: record), policy)
        if format == .json {
            try Output.json(json(answer))
        } else {
            try Output.lines(lines(answer))
        }
        switch answer.verdict {
        case .intactAndAnchored: return
        case .intactNotAnchored:
            guard requiresAnchor || policy.quorum != nil else { return }
            throw Exit(status: .notAnchored)
        case .doesNotVerify, .couldNotRun: throw Exit(status: .doesNotVerify)
        }
    }

    private func check(_ receipt: [UInt8], _ record: [UInt8], _ policy: TrustPolicy) -> Answer {
        do throws(ReceiptError) {
            let receipt = try Receipt.parse(receipt)
            let head: VerifiedCheckpoint
            do throws(NoteError) { head = try policy.evaluate(receipt.note) } catch {
                throw .note(error)
            }
            var isWithoutLineFeed = false
            do throws(ReceiptError) {
                try receipt.verifyInclusion(of: record, in: head.checkpoint)
            } catch {
                // Editors and shells like to end a file with a line feed; no record ends in one.
                guard record.last == 0x0A else { throw error }
                try receipt.verifyInclusion(of: record.dropLast(), in: head.checkpoint)
                isWithoutLineFeed = true
            }
            return Answer(
                verdict: head.isWitnessed ? .intactAndAnchored : .intactNotAnchored, head: head,
                index: receipt.index, isWithoutLineFeed: isWithoutLineFeed)
        } catch {
            return Answer(verdict: .doesNotVerify, error: error.description)
        }
    }

    private func lines(_ answer: Answer) -> [String] {
        let style = Style.output
        guard let head = answer.head, let index = answer.index else {
            return [
                "\(style.red(answer.verdict.description)): \(Table.printable(answer.error ?? ""))"
            ]
        }
        let checkpoint = head.checkpoint
        var lines = [
            "\(style.green(answer.verdict.description)): the record is event \(index + 1) of "
                + "\(Table.printable(checkpoint.origin)), under a head of \(checkpoint.size) events"
                + (trust.place.map { "; \($0)" } ?? ""),
            "signed by \(Table.printable(head.log.key.name.text))+\(head.log.key.id)",
        ]
        if answer.isWithoutLineFeed {
            lines.append("the record's final line feed is not part of it")
        }
        if !head.witnesses.isEmpty {
            lines.append(
                "cosigned by "
                    + head.witnesses.map { Table.printable($0.name.description) }
                    .joined(separator: ", "))
        }
        if !head.isQuorumMet { lines.append("the policy's quorum is not met") }
        if trust.place != nil { lines.append(TrustSource.unseen) }
        return lines
    }

    private func json(_ answer: Answer) -> JSONObject {
        JSONObject([
            ("verdict", .string(answer.verdict.rawValue)),
            ("origin", answer.head.map { .string($0.checkpoint.origin) }),
            ("index", answer.index.map { .integer($0) }),
            ("sequence", answer.index.map { .integer($0 + 1) }),
            ("size", answer.head.map { .integer($0.checkpoint.size) }),
            ("root", answer.head.map { .string($0.checkpoint.root.base64) }),
            (
                "signers",
                answer.head.map { .array($0.note.signatures.map { .string($0.key.text) }) }
            ),
            (
                "cosigned",
                answer.head.map { .array($0.witnesses.map { .string($0.name.description) }) }
            ),
            ("trust", .string(trust.name)),
            ("quorumMet", answer.head.map { .bool($0.isQuorumMet) }),
            ("error", answer.error.map { .string($0) }),
        ])
    }
}
