import Ledger
import Projector

extension PlanOptions {
    /// Writes the plan to the file of `--save` and records that it was issued; nothing without one.
    ///
    /// The file is written first and never over another one; the event goes in only while the log
    /// still ends where the plan was made.
    ///
    /// - Throws: `CLIError.usage` for a plan that is not about the present, `SystemError` for the
    ///   file, `StoreError` for the ledger.
    func issue(_ plan: Plan, _ evaluation: EvaluationOptions, _ global: GlobalOptions) throws {
        guard let save else { return }
        guard evaluation.at == nil, evaluation.knownAt == nil else {
            throw CLIError.usage(
                "--save goes with neither --at nor --known-at",
                hint: "a plan that is to be followed is made for the present")
        }
        try global.refuseToWriteOver(save)
        let surroundings = Surroundings.current
        // It would be good for longer than policy plan-expiry lets it.
        if let now = global.now, now > surroundings.clock() {
            throw CLIError.usage(
                "--save with --now \(now.short): that time has not come",
                hint: "a plan that is to be followed is made for the present")
        }
        let actor = try global.who()
        let store = try global.open(readOnly: false)
        let clock = surroundings.clock()
        let path = surroundings.path(save)
        do {
            try OperatingSystem.create(
                path, mode: 0o644, bytes: CanonicalJSON.encode(plan.json) + [0x0A])
        } catch let error as SystemError {
            throw SystemError(name: save, code: error.code)
        }
        var random = SystemRandomNumberGenerator()
        let issued = PlanIssue(
            plan: plan.kind.rawValue, digest: plan.digest, size: plan.head.size, now: plan.now,
            migration: plan.migration)
        let draft = EventDraft(
            id: EventID(time: clock, using: &random), payload: .decision(.planIssued(issued)),
            time: clock, actor: actor, basis: .executed, migration: plan.migration,
            traceparent: TraceContext.current)
        do {
            let appended = try store.append(
                [draft], recordedTime: clock, expectedSize: plan.head.size)
            Surroundings.current.recorded.note(appended, as: draft.type)
            for place in appended {
                try Output.note("saved as \(save); event \(place.sequence), digest \(plan.digest)")
            }
        } catch {
            OperatingSystem.remove(path)
            throw error
        }
    }
}
