/// How another shop than the standard one is set up.
extension Platform {
    /// Gives a hostname to the world, at an environment.
    package mutating func publish(_ host: String, at target: String, ttl: Int) {
        hosts[host] = Host(target: target, ttl: ttl)
    }

    /// Puts a snapshot of an environment's present contents there, as if taken at a time.
    package mutating func place(
        _ name: String, of environment: String, created: Int, isAutomated: Bool
    ) {
        snapshots[name] = Snapshot(
            environment: environment, created: created, readyAt: created + 1000,
            contents: environments[environment]?.contents ?? [], isAutomated: isAutomated)
    }
}
