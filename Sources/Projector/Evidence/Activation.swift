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
    /// description since tells that none is; or customers were led there since the last look that does.
    func possibleActivation(_ environment: Incarnation) -> Moment? {
        let inactive = lastInactive(environment, before: nil)
        if let load = firstLoad(environment), !isKnownIdle(environment) {
            return inactive.map { max($0, load) } ?? load
        }
        guard let led = lastLed(to: environment) else { return nil }
        if let inactive, inactive > led, !isStale(inactive) { return nil }
        return inactive ?? environment.first
    }

    private func isKnownIdle(_ environment: Incarnation) -> Bool {
        guard case .known(nil, _) = activeRelease(environment) else { return false }
        return environment.sightings.newest(like: { $0.shown.activeRelease != nil })
            .map(World.tellsRelease) ?? false
    }

    /// When a hostname was led to an environment last, or left it.
    private func lastLed(to environment: Incarnation) -> Moment? {
        (crossings.hosts[environment.name] ?? []).compactMap { host -> Moment? in
            guard let history = state.hosts[host] else { return nil }
            let answers = history.answers.filter { $0.value.isAt(environment.name) }.map(\.moment)
            let switches = history.switches.filter {
                $0.outcome != .refused && $0.dns?.isAt(environment.name) ?? false
            }.map(\.settled)
            let led = (answers + switches).filter { moment in
                moment > environment.first && (environment.succeeded.map { moment < $0 } ?? true)
            }.sorted()
            let away = history.answers.last {
                !$0.value.isAt(environment.name) && !$0.value.isCached
            }?.moment
            guard let away else { return led.first }
            return led.first { $0 > away } ?? led.last
        }.max()
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
