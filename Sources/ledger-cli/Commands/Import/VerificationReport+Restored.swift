import Ledger

/// What is said of a bundle that verifies, where it is restored: what nobody signed comes along.
extension VerificationReport {
    /// The lines for people.
    var restored: [String] {
        var lines: [String] = []
        if result.headCount > 0, trust.policy == nil {
            lines.append("signatures not checked, no key to check them with")
        }
        for finding in result.findings {
            lines += finding.description.split(separator: "\n").map { Table.printable(String($0)) }
        }
        if let unsigned = result.unsigned, result.headCount > 0 {
            lines.append(
                "whoever signs next signs that too; look at it first: ledger-cli show "
                    + "\(unsigned.lowerBound)")
        }
        return lines
    }

    /// The members of the JSON answer, after some others.
    func restored(_ members: JSONObject) -> JSONObject {
        var object = members
        let said = json
        for name in ["signed", "signedSize", "unsigned", "trust", "findings"] {
            object[name] = said[name]
        }
        return object
    }
}
