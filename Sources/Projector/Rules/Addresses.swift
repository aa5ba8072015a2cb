import Ledger

/// Hostnames that were looked up by hand and gave an address.
///
/// Whose an address is shows only beside those of the endpoints in the same look-up, and they change;
/// a look of the ledger's own asks for them, somebody who copies an answer does not.
extension World {
    /// True when an answer is an address of which nobody looked whose it is.
    func isOfAnybody(_ answer: HostHistory.Answer) -> Bool {
        guard answer.basis != .observed, answer.value.environment == nil,
            let target = answer.value.target
        else { return false }
        return target.contains(":") || target.allSatisfy { $0 == "." || $0.isNumber }
    }

    /// True when such an answer is another one than before the name was led to an environment, so that
    /// it may be there.
    func hasMoved(_ host: String, _ answer: HostHistory.Answer, to name: String) -> Bool {
        guard isOfAnybody(answer), let history = state.hosts[host],
            let change = history.switches.first(where: {
                $0.outcome != .refused && $0.dns?.isAt(name) ?? false
            }), answer.moment > change.started
        else { return false }
        guard let before = history.answers.last(where: { $0.moment < change.started }) else {
            return true
        }
        return !before.value.hasRecord(of: answer.value)
    }

    /// Why it is not known whether a name is where it was led; nil when it is known not to be.
    func anybody(
        _ rule: RuleName, _ host: String, _ answer: HostHistory.Answer, _ migration: Migration,
        at goal: String
    ) -> Reason? {
        // In an abort a name was at the source before anybody led it anywhere.
        let isUntouched =
            rule != .trafficOffSource && isOfAnybody(answer)
            && state.hosts[host]?.switches.isEmpty ?? true
        guard isUntouched || hasMoved(host, answer, to: goal), let target = answer.value.target
        else { return nil }
        let telling =
            "ledger-cli record observation dns \(host) --target \(goal) --address \(target)"
            + (answer.value.ttl.map { " --ttl \($0)" } ?? "")
        return .unknown(
            rule, "\(host) points at \(target), and nobody looked whose that is",
            [answer.moment.sequence],
            unblock:
                "ledger-cli observe, which looks the endpoints up too; by hand, when \(target) is among the addresses of \(goal)'s own endpoint: \(telling)"
                + (rule == .trafficOffSource ? retirement(host, migration, answer) : ""),
            needs: [.whose(host)])
    }
}

extension Need {
    /// Where a name leads that gave an address: the endpoints must be looked up with it.
    static func whose(_ host: String) -> Need {
        Need(fact: "where \(host) points", command: ["ledger-cli", "observe"])
    }
}
