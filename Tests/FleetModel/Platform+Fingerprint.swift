/// A hash of what is really so, for telling histories apart that look alike to the ledger.
extension Platform {
    package var fingerprint: UInt64 {
        var hash = Fingerprint()
        hash.add(now)
        hash.add(defaultEnvironment)
        for (name, environment) in environments.sorted(by: { $0.key < $1.key }) {
            hash.add(name)
            hash.add(environment.created)
            hash.add(environment.readyAt)
            hash.add(environment.goneAt ?? -1)
            hash.add(environment.contents)
            hash.add(environment.uploads)
            hash.add(environment.active ?? "")
            for release in environment.releases { hash.add(release) }
            for flag in [
                environment.isClosed, environment.isProtected, environment.isNFSOn,
                environment.isSolrOn,
            ] {
                hash.add(flag ? 1 : 0)
            }
            for change in environment.gate + environment.display { hash.add(change.at) }
        }
        for (name, snapshot) in snapshots.sorted(by: { $0.key < $1.key }) {
            hash.add(name)
            hash.add(snapshot.readyAt)
            hash.add(snapshot.contents)
        }
        for (host, record) in hosts.sorted(by: { $0.key < $1.key }) {
            hash.add(host)
            hash.add(record.target)
            hash.add(record.ttl)
            for answer in record.cached { hash.add(answer.until) }
        }
        hash.add(waived)
        return hash.value
    }
}

/// FNV-1a over words, texts and sets.
private struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ number: Int) {
        value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3
    }

    mutating func add(_ text: String) { for byte in text.utf8 { add(Int(byte)) } }

    /// The order of a set does not count.
    mutating func add(_ set: Set<Int>) {
        add(set.count)
        add(set.reduce(0) { $0 &+ $1 &* $1 &* 31 })
    }
}
