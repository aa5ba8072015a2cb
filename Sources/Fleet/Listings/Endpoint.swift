/// The hostnames that the platform derives from an environment's name.
public enum Endpoint {
    private static let services: Set<String> = ["www", "admin", "adminssh", "solr"]

    /// The environment that a hostname belongs to; nil for addresses and foreign names.
    ///
    /// The forms are `SERVICE.ENV.FLEET.f.nchr.io`, `SERVICE.RELEASE.ENV.FLEET.f.nchr.io`, anything
    /// before `www` or `admin`, and `ENV.FLEET.f.nchr.io`. `aux.FLEET.f.nchr.io` is the platform's
    /// own host.
    public static func environment(of target: String) -> String? {
        var name = target.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard labels.count >= 5, Array(labels.suffix(3)) == ["f", "nchr", "io"],
            !labels.contains("")
        else { return nil }
        let own = labels.dropLast(3)
        let environment = own[own.count - 2]
        if own.count == 2 {
            return services.contains(environment) || environment == "aux" ? nil : environment
        }
        return own.dropLast(2).contains { services.contains($0) } ? environment : nil
    }
}
