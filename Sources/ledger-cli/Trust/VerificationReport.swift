import Ledger

/// A verification in words and in JSON.
struct VerificationReport {
    /// The verification.
    let result: LogVerification
    /// Whom it believed.
    let trust: TrustSource
    /// What was done about derived data that was wrong; nil when nothing was.
    var rebuilt: String?
    /// The projections beside the ledger; nil when nobody asked.
    var projections: [ProjectionCheck]?

    /// The exit status: 6 only when an anchor was demanded.
    func status(requiresAnchor: Bool) -> ExitStatus {
        if projections?.contains(where: { $0.outcome == .differs }) ?? false {
            return .doesNotVerify
        }
        return switch result.verdict {
        case .doesNotVerify: .doesNotVerify
        case .couldNotRun: .failed
        case .intactAndAnchored: .done
        case .intactNotAnchored:
            requiresAnchor || trust.policy?.quorum != nil ? .notAnchored : .done
        }
    }

    /// The first line: the verdict, and what it rests on.
    private var verdict: String {
        let style = Style.output
        let word = result.verdict.description
        var parts = [
            "\(result.verdict == .doesNotVerify ? style.red(word) : style.green(word)): "
                + "\(result.size) \(result.size == 1 ? "event" : "events"), "
                + "root \(result.root.base64)"
        ]
        if result.headCount == 0 {
            parts.append("unsigned")
        } else if trust.policy == nil {
            parts.append("signatures not checked, no key to check them with")
        }
        if let place = trust.place, result.headCount > 0 { parts.append(place) }
        return parts.joined(separator: "; ")
    }

    /// The lines for people.
    var lines: [String] {
        var lines = [verdict]
        if let head = result.newestHead {
            let names = head.note.signatures.filter { $0.time == nil }
                .map { "\(Table.printable($0.key.name.text))+\($0.key.id)" }
            lines.append(
                "signed up to event \(result.signedSize) by \(names.joined(separator: ", "))")
        }
        for anchor in result.anchors where anchor.isPrefix {
            let signed = anchor.isSigned == true ? "" : ", its signature not checked"
            lines.append(
                "agrees with \(Table.printable(anchor.anchor.label)), a head of "
                    + "\(anchor.anchor.checkpoint.size) events\(signed)")
        }
        if let quorum = trust.policy?.quorum { lines.append(quorumLine(quorum.description)) }
        for finding in result.findings {
            lines += finding.description.split(separator: "\n", omittingEmptySubsequences: false)
                .map { Table.printable(String($0)) }
        }
        if let rebuilt { lines.append(rebuilt) }
        if let projections {
            lines += projections.map(\.line)
            if projections.isEmpty { lines.append("no projection is kept beside the ledger") }
        }
        if result.verdict != .doesNotVerify { lines += unseen }
        return lines
    }

    private func quorumLine(_ quorum: String) -> String {
        let signed = (result.newestHead?.witnesses ?? []).map(\.name.description)
        let who =
            signed.isEmpty ? "no witness" : signed.map(Table.printable).joined(separator: ", ")
        if result.newestHead?.isQuorumMet == true, result.unsigned == nil {
            return "quorum \(Table.printable(quorum)) is met, cosigned by \(who)"
        }
        let earlier = result.witnessedSize > 0 ? "; it was up to event \(result.witnessedSize)" : ""
        return "quorum \(Table.printable(quorum)) is not met, cosigned by \(who)\(earlier)"
    }

    /// What this verification cannot see.
    var unseen: [String] {
        var lines: [String] = []
        let anchored = result.anchoredSize
        if anchored == 0 {
            lines.append(
                "not seen without a checkpoint from elsewhere: newest events cut off, "
                    + "or the whole log rewritten")
        } else if anchored < result.size {
            lines.append(
                "not seen without a newer checkpoint from elsewhere: events after \(anchored) cut "
                    + "off or rewritten")
        }
        if result.headCount > 0, !trust.isExplicit {
            lines.append(
                trust.policy == nil
                    ? "not seen without a key: who signed"
                    : TrustSource.unseen)
        }
        lines.append("never seen: what was not recorded")
        return lines
    }

    /// The members of the JSON answer.
    var json: JSONObject {
        JSONObject([
            ("verdict", .string(result.verdict.rawValue)), ("size", .integer(result.size)),
            ("root", .string(result.root.base64)),
            ("anchored", .bool(result.anchoredSize > 0)),
            ("anchoredSize", .integer(result.anchoredSize)),
            ("signed", .bool(result.signedSize > 0)), ("signedSize", .integer(result.signedSize)),
            ("heads", .integer(result.headCount)),
            (
                "unsigned",
                result.unsigned.map {
                    ["from": .integer($0.lowerBound), "to": .integer($0.upperBound)]
                }
            ),
            (
                "signers",
                .array(
                    (result.newestHead?.note.signatures ?? []).map { .string($0.key.text) })
            ),
            ("trust", .string(trust.name)),
            (
                "against",
                .array(
                    result.anchors.map { anchor in
                        .object(
                            JSONObject([
                                ("checkpoint", .string(anchor.anchor.label)),
                                ("size", .integer(anchor.anchor.checkpoint.size)),
                                ("root", .string(anchor.anchor.checkpoint.root.base64)),
                                ("prefix", .bool(anchor.isPrefix)),
                                ("signed", anchor.isSigned.map { .bool($0) }),
                            ]))
                    })
            ),
            (
                "quorum",
                trust.policy?.quorum.map { quorum in
                    [
                        "name": .string(quorum.description),
                        "met": .bool(result.newestHead?.isQuorumMet ?? false),
                        "cosigned": .array(
                            (result.newestHead?.witnesses ?? []).map {
                                .string($0.name.description)
                            }),
                        "metAt": .integer(result.witnessedSize),
                    ]
                }
            ),
            ("rebuilt", rebuilt.map { .string($0) }),
            ("projections", projections.map { .array($0.map { .object($0.json) }) }),
            ("unseen", .array(unseen.map { .string($0) })),
            ("findings", .array(result.findings.map { .object($0.json) })),
        ])
    }
}

extension Finding {
    /// The members of a finding in JSON answers.
    var json: JSONObject {
        JSONObject([
            ("class", .string(kind.rawValue)), ("sequence", sequence.map { .integer($0) }),
            ("expected", expected.map { .string($0) }), ("found", found.map { .string($0) }),
            ("message", .string(message)), ("fatal", .bool(isFatal)),
        ])
    }
}
