import Fleet
import Ledger

/// Why a plan cannot be approved or carried out.
enum ApplyError: Error, Equatable {
    /// Neither a file nor a digest.
    case noPlan(String)
    /// A file without a plan.
    case notAPlan(String)
    /// A file whose content does not give its digest.
    case altered(String)
    /// No plan of that digest was issued here.
    case notIssued(String)
    /// Several digests begin so.
    case ambiguous(String, [String])
    /// The events that it was made of give another plan.
    case derivesAnother(issued: String, derived: String)
    /// Its issue was voided.
    case withdrawn(String)
    /// It was used.
    case finished(String, SequenceNumber, completed: Bool)
    /// It is too old.
    case expired(String, Timestamp)
    /// Others have to approve it first.
    case unapproved(String, wanted: Int, given: [String])
    /// Its issuer cannot approve it.
    case ownApproval(String, issuer: String)
    /// A plan of what is due is no plan to be carried out.
    case onlyShows(String)

    /// What is told of it.
    var complaint: Complaint {
        switch self {
        case .noPlan(let text):
            Complaint(
                status: .failed, message: "\"\(text)\" is neither a file nor a plan's digest",
                hints: ["ledger-cli history --type plan.issued"])
        case .notAPlan(let text): Complaint(status: .failed, message: "\(text): not a plan")
        case .altered(let text):
            Complaint(
                status: .doesNotVerify, message: "\(text): its content does not give its digest",
                hints: ["name the plan by its digest instead of by the file"])
        case .notIssued(let text):
            Complaint(
                status: .failed, message: "\(text): no such plan was issued from this ledger",
                hints: ["ledger-cli plan cleanup --save FILE"])
        case .ambiguous(let text, let digests):
            Complaint(
                status: .usage, message: "\(text): several plans begin so",
                hints: digests)
        case .derivesAnother(let issued, let derived):
            Complaint(
                status: .doesNotVerify,
                message:
                    "plan \(issued.prefix(12)): its events give another plan, \(derived.prefix(12))",
                hints: ["ledger-cli verify, and save the plan again"])
        case .withdrawn(let name):
            Complaint(status: .notSafe, message: "plan \(name): its issue was voided")
        case .finished(let name, let sequence, let completed):
            Complaint(
                status: .notSafe,
                message: "plan \(name): used already, event \(sequence)"
                    + (completed ? "" : " (it did not complete)"),
                hints: ["a plan is carried out once; save a new one"])
        case .expired(let name, let time):
            Complaint(
                status: .notSafe, message: "plan \(name): expired at \(time.short)",
                hints: ["save a new one"])
        case .unapproved(let name, let wanted, let given):
            Complaint(
                status: .notSafe,
                message: "plan \(name): \(given.count) of \(wanted) approvals"
                    + (given.isEmpty ? "" : ": \(given.joined(separator: ", "))"),
                hints: ["someone other than its issuer: ledger-cli approve \(name)"])
        case .ownApproval(let name, let issuer):
            Complaint(
                status: .notSafe, message: "plan \(name): \(issuer) issued it",
                hints: ["someone else approves: ledger-cli approve \(name) --actor NAME"])
        case .onlyShows(let name):
            Complaint(
                status: .usage, message: "plan \(name): what is due next is shown, not carried out",
                hints: ["ledger-cli run -- its command"])
        }
    }
}
