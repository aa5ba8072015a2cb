/// A file that `database dump` wrote.
package struct Dump: Sendable {
    /// The writes that are in it.
    package var contents: Set<Int>
    /// The database that the dump named; nil for everything.
    package var database: String?
    /// True when it is not what was to be written: cut short, or with carriage returns.
    package var isDamaged = false

    package init(contents: Set<Int>, database: String? = nil, isDamaged: Bool = false) {
        self.contents = contents
        self.database = database
        self.isDamaged = isDamaged
    }
}

/// Dumps, and the databases that they are of.
extension Platform {
    /// The second database of a shop that has two.
    package static let secondDatabase = "log"
    /// Where operators stand when they name a file.
    private static let folder = "/home/op/"

    /// True when a write lies in the second database.
    package static func isInSecondDatabase(_ write: Int) -> Bool { write % 5 == 0 }

    /// The one name of a file that people spell in more ways than one.
    static func file(_ path: String) -> String {
        var name = path[...]
        if name.hasPrefix(folder) { name = name.dropFirst(folder.count) }
        while name.hasPrefix("./") { name = name.dropFirst(2) }
        return String(name)
    }

    /// A dump of an environment as it is now.
    func dump(of name: String, database: String?) -> Dump {
        let contents = environments[name]?.contents ?? []
        return Dump(contents: contents.filter { belongs($0, to: database) }, database: database)
    }

    /// Loads a file into an environment; of what is in it only what `isTaken` says arrives.
    ///
    /// What was dumped of one database and is loaded into another, or without a name, takes the place of
    /// what was there and is no copy of where it came from.
    mutating func load(
        _ path: String, into name: String, database: String?,
        where isTaken: (Int) -> Bool = { _ in true }
    ) {
        guard let dump = files[Platform.file(path)] else { return }
        replaced.insert(name)
        let before = environments[name]?.contents ?? []
        var after = before.filter { !belongs($0, to: database) }
        if !hasDatabases || dump.database == database {
            after.formUnion(dump.contents.filter(isTaken))
        }
        environments[name]?.contents = after
    }

    private func belongs(_ write: Int, to database: String?) -> Bool {
        guard hasDatabases, let database else { return true }
        return Platform.isInSecondDatabase(write) == (database == Platform.secondDatabase)
    }
}
