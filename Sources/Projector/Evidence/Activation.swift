import Ledger

/// Since when a release of an environment is active, or may be.
extension World {
    /// When a release can first have been active: before, an environment has no usable address.
    ///
    /// Of one that nobody here made, only a description tells that it had none when it was found.
    /// An activation that nobody recorded came before it was seen, tested or deactivated, and after
    /// the last look that shows no active release, or else after the load.
    func firstActivation(_ environment: Incarnation) -> Moment? {
        let attempt = environment.attempts(.envActivate).first?.started
        let described = environment.sightings.first { World.tellsRelease($0) }
        let shown = environment.sightings.first { ($0.shown.activeRelease ?? nil) != nil }?.moment
        let tested = state.decisions.first { mark in
            mark.value == .testPassed(environment: environment.name)
                && mark.moment > environment.first
                && (environment.succeeded.map { mark.moment < $0 } ?? true)
        }?.moment
        let ended = environment.attempts(.envDeactivate).first { $0.outcome != .refused }?.started
        let seen = [shown, tested, ended].compactMap { $0 }.min().flatMap { seen -> Moment? in
            if let attempt, attempt < seen { return nil }
            let load = firstLoad(environment).flatMap { $0 < seen ? $0 : nil }
            return lastInactive(environment, before: seen) ?? load ?? environment.first
        }
        let found =
            environment.isFound && described.map { $0.shown.activeRelease != .some(nil) } ?? true
            ? environment.first : nil
        return [attempt, seen, found].compactMap { $0 }.min()
    }

    /// Since when a release may be active of which nobody said or saw so: one was loaded, and no
    /// description since tells that none is.
    func possibleActivation(_ environment: Incarnation) -> Moment? {
        guard let load = firstLoad(environment) else { return nil }
        let last = environment.sightings.newest(like: { $0.shown.activeRelease != nil })
        if case .known(nil, _) = activeRelease(environment), last.map(World.tellsRelease) ?? false {
            return nil
        }
        return lastInactive(environment, before: nil).map { max($0, load) } ?? load
    }

    private func firstLoad(_ environment: Incarnation) -> Moment? {
        environment.attempts(.envLoad).first?.started
    }

    /// The last look that tells that no release is active.
    func lastInactive(_ environment: Incarnation, before moment: Moment?) -> Moment? {
        environment.sightings.last { look in
            look.shown.activeRelease == .some(nil) && World.tellsRelease(look)
                && (moment.map { look.moment < $0 } ?? true)
        }?.moment
    }

    /// Whether a look tells which release is active: that none is, only a whole description says; a
    /// blank in a list may come late.
    static func tellsRelease(_ look: EnvironmentHistory.Sighting) -> Bool {
        look.shown.activeRelease.map { $0 != nil || look.isDescription } ?? false
    }
}
