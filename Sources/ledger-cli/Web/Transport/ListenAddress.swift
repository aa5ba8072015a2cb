import HTTPTypes

/// Where a server listens, and what follows from it for who may ask.
struct ListenAddress: Sendable, Hashable {
    /// A name or an IP address.
    let host: String
    /// A port; 0 for any that is free.
    let port: Int

    /// True when only programs of this machine reach it.
    var isLoopback: Bool { Self.isLoopback(host) }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { 48...57 ~= $0 }
                    && (Int(part).map { $0 < 256 } ?? false)
            }
    }

    /// The address of the site once it listens on a port.
    func url(port: Int) -> String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
    }

    /// True when the `Host` of a request names this machine itself.
    ///
    /// A page of a stranger whose name was made to resolve to this machine sends the stranger's
    /// name; without this check the browser would let it read the answers (DNS rebinding).
    static func isLocal(authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return false }
        var host = authority.lowercased()
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return false }
            return host[host.index(after: host.startIndex)..<end] == "::1"
        }
        if let colon = host.firstIndex(of: ":") {
            guard isPort(host[colon...]) else { return false }
            host = String(host[..<colon])
        }
        return isLoopback(host)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && text.count <= 6
            && text.dropFirst().utf8.allSatisfy { 48...57 ~= $0 }
    }
}
