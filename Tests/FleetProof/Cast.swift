import FleetModel
import Ledger

/// Who plays which part in a migration, and what is unusual about it.
package struct Cast {
    package var migration = "move"
    package var source = "prod"
    package var destination = "prod2"
    package var temporary = "tmp"
    /// The migration's snapshot.
    package var snapshot = "pm"
    /// The temporary environment's snapshot.
    package var seed = "ts"
    package var path = "a.sql"
    package var hosts = Platform.hostnames
    /// The release that is active on the source and is moved.
    package var release = "r1"
    /// True when customers send files, which NFS keeps.
    package var hasFiles = false
    /// True when the source has a Solr core.
    package var hasSolr = false
    /// True when a script runs on every clone.
    package var hasScripts = false
    /// True when the shop has two databases, each of which is dumped to a file of its own.
    package var hasDatabases = false

    /// Stands for the newest final snapshot, whose name only the platform knows beforehand.
    static let finalSnapshot = "final"

    package init() {}

    /// Another move of the standard shop, with new names.
    private init(_ migration: String, from source: String, number: Int) {
        self.migration = migration
        self.source = source
        destination = "prod\(number)"
        temporary = "tmp\(number)"
        snapshot = "pm\(number)"
        seed = "ts\(number)"
        path = "\(number).sql"
    }

    package static let move = Cast()

    /// The next move of the same shop.
    package static var again: Cast {
        Cast("again", from: "prod2", number: 3)
    }

    /// Another move of the same source, at the same time or as a second try.
    package static var beside: Cast {
        Cast("beside", from: "prod", number: 4)
    }

    /// The move back to the name that the first move left.
    package static var home: Cast {
        var cast = Cast.again
        cast.migration = "home"
        cast.destination = "prod"
        return cast
    }

    /// Another shop of the same fleet.
    package static var other: Cast {
        var cast = Cast()
        cast.migration = "other"
        cast.source = "site"
        cast.destination = "site2"
        cast.temporary = "sitetmp"
        cast.snapshot = "sm"
        cast.seed = "ss"
        cast.path = "s.sql"
        cast.hosts = [Platform.siteHost]
        return cast
    }

    /// The databases that are dumped and their files; a shop with one does not name it.
    var dumps: [(database: String?, path: String)] {
        hasDatabases
            ? [("shop", path), (Platform.secondDatabase, "log-" + path)] : [(nil, path)]
    }

    package var environments: [String] { [source, destination, temporary] }

    func roles(_ method: Operator.Method) -> MigrationRoles {
        MigrationRoles(
            migration: migration, source: source, destination: destination,
            method: method == .snapshot ? .snapshot : .dump,
            temporary: method == .dumpThroughTemporary ? temporary : nil, hostnames: hosts)
    }
}
