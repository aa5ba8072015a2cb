import Ledger

/// Checks that one head of a log continues others, from a proof of growth alone.
struct GrowthCheck {
    let proof: String
    let against: [String]
    let trust: TrustSource

    /// Checks, prints, and ends with the status.
    ///
    /// - Throws: `CLIError.keyMissing` when nobody says whom to believe, `Exit`.
    func run(_ format: OutputFormat) throws {
        guard let policy = trust.policy else { throw CLIError.noTrust }
        let bytes = try Surroundings.current.bytes(of: proof)
        let request: WitnessRequest
        do {
            request = try WitnessRequest.parse(bytes)
            let head = try policy.evaluate(request.note)
            for text in against {
                let anchor = try AnchorText.read(text, origin: head.checkpoint.origin)
                try check(request, anchor, policy)
            }
        } catch let error as CLIError {
            throw error
        } catch {
            return try refuse("\(error)", format)
        }
        let verdict = Verdict.intactAndAnchored
        let head = request.checkpoint
        if format == .json {
            return try Output.json([
                "verdict": .string(verdict.rawValue), "origin": .string(head.origin),
                "from": .integer(request.oldSize), "size": .integer(head.size),
                "root": .string(head.root.base64), "trust": .string(trust.name),
            ])
        }
        try Output.line(
            "\(Style.output.green(verdict.description)): the head of \(head.size) events of "
                + "\(Table.printable(head.origin)) continues the one of \(request.oldSize)"
                + (trust.place.map { "; \($0)" } ?? ""))
        if trust.place != nil { try Output.line(TrustSource.unseen) }
    }

    private func check(
        _ request: WitnessRequest, _ anchor: Anchor, _ policy: TrustPolicy
    ) throws {
        let old = anchor.checkpoint
        guard old.isOf(origin: request.checkpoint.origin) else {
            throw NoteError.wrongOrigin(expected: [request.checkpoint.origin], found: old.origin)
        }
        if let note = anchor.note { _ = try policy.evaluate(note) }
        guard old.size == request.oldSize else {
            throw ProofError.sizesOutOfOrder(from: old.size, to: request.oldSize)
        }
        try MerkleTree.verifyConsistency(
            from: old.size, to: request.checkpoint.size, oldRoot: old.root,
            newRoot: request.checkpoint.root, proof: request.proof)
    }

    private func refuse(_ why: String, _ format: OutputFormat) throws {
        let verdict = Verdict.doesNotVerify
        if format == .json {
            try Output.json(["verdict": .string(verdict.rawValue), "error": .string(why)])
        } else {
            try Output.line("\(Style.output.red(verdict.description)): \(Table.printable(why))")
        }
        throw Exit(status: .doesNotVerify)
    }
}

extension CLIError {
    /// The complaint of a check without a ledger that nobody says whom to believe for.
    static var noTrust: CLIError {
        .keyMissing(
            "nobody says whom to believe",
            hint: "name a policy file with --policy or the log's public key with --key")
    }
}
