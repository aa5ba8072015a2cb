import Fleet
import Ledger
import Projector

/// The steps of a plan that no command of the platform does: people decide, or change a DNS record.
struct ByHand {
    private let applying: Applying

    init(_ applying: Applying) { self.applying = applying }

    /// Goes on when the step is seen to be done; otherwise says what to do.
    ///
    /// - Throws: `ApplyStop.byHand`; what looking throws; `StoreError`.
    func settle(_ number: Int, _ step: Step, _ chain: PlanChain) throws {
        let name = applying.issued.name
        switch step.command {
        case .ledger(let words):
            throw ApplyStop.byHand(
                number, step.because, hints: [Shell.quote(words), "then: ledger-cli apply \(name)"])
        case .action(.dnsSwitch(let change)): try follow(change, number)
        case .manual(let text):
            if let change = change(after: number) { return try follow(change, number) }
            throw ApplyStop.byHand(
                number, text, hints: ["then: \(PlanChain.command(name, done: number))"])
        case .action: break
        }
    }

    /// The switch that a step at the DNS provider is recorded by.
    private func change(after number: Int) -> DNSSwitch? {
        let steps = applying.issued.plan.steps
        guard case .dns(let host) = steps[number - 1].resource else { return nil }
        for step in steps[number...] {
            if case .action(.dnsSwitch(let change)) = step.command, change.host == host {
                return change
            }
        }
        return nil
    }

    /// Records a switch once a look-up shows it.
    private func follow(_ change: DNSSwitch, _ number: Int) throws {
        let observer = try applying.observer()
        let look = try observer.look(at: .host(change.host))
        guard case .dns(let answer) = look.observation, answer.environment == change.environment
        else {
            throw ApplyStop.byHand(
                number, "at the DNS provider, point \(change.host) at \(change.target)",
                hints: ["then: ledger-cli apply \(applying.issued.name)"])
        }
        let command = Shell.quote([
            "ledger-cli", "record", "dns", change.host, "--to", change.target,
        ])
        _ = try applying.append(
            .action(
                .dnsSwitch(change), .accepted,
                ActionReport(command: command, plan: applying.issued.issue.digest)),
            basis: .reported)
        // Seen again after the switch was recorded: what was seen before it proves nothing about it.
        _ = try observer.see(.host(change.host), cause: applying.issued.id)
    }

    /// Records that someone says to have done a step.
    ///
    /// - Throws: `CLIError.usage` when it is no such step; `StoreError`.
    func say(done number: Int) throws {
        let steps = applying.issued.plan.steps
        guard steps.indices.contains(number - 1), case .manual(let text) = steps[number - 1].command
        else {
            throw CLIError.usage(
                "--done \(number): no step that is done by hand",
                hint: "ledger-cli apply \(applying.issued.name) --dry-run")
        }
        if try applying.chain().doneByHand.contains(number) { return }
        let note = Note(
            command: PlanChain.command(applying.issued.name, done: number), outcome: .accepted,
            exitStatus: 0)
        _ = try applying.append(
            .decision(.noteAdded(note)), basis: .reported,
            attachments: ["text": AttachmentContent(text: text)])
    }
}
