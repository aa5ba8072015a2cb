import CStore
import Foundation
import GRDB
import Synchronization

/// The connection by which a store reads.
///
/// SQLite reads a ledger with the files `-wal` and `-shm` beside it, and makes them where there are
/// none. An onlooker, who may not write the ledger or into its folder, makes nothing there: what it
/// made would belong to it, and keep the owner from writing. While the files are there, it reads as
/// SQLite does, as far as its rights go. While they are not, everything is in the main file, which it
/// reads by itself and holds, so that nobody but a writer who comes later, and empties a long journal
/// on the way, can change it; every page shows whether one did. Before each reading it looks anew. Who
/// finds no room on the disk for those files is an onlooker as well.
final class LedgerReader: Sendable {
    /// A connection of an onlooker.
    private struct Place {
        let queue: DatabaseQueue
        /// Whether the main file is read by itself.
        let isAlone: Bool
    }

    /// The main file was changed while it was read by itself.
    private struct Moved: Error {}
    /// What was refused before anything was read, and may be given in a moment.
    private struct NotYet: Error {}

    /// How often a reading begins anew: the second time the file is read with its journal.
    private static let tries = 3

    /// The connection of whoever may write, or to a file that nobody has open; nil for an onlooker.
    private let own: DatabaseQueue?
    private let isAtRest: Bool
    private let file: LedgerFile
    private let place = Mutex<Place?>(nil)

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - file: the file of a ledger.
    ///   - isAtRest: whether nobody else has it open.
    ///   - isOnlooker: whether to read like one who may not write it, whatever the rights are.
    /// - Throws: `StoreError.unreadableJournal`, `.busy`; `DatabaseError`.
    init(_ file: LedgerFile, isAtRest: Bool = false, isOnlooker: Bool = false) throws {
        self.file = file
        self.isAtRest = isAtRest
        own = isOnlooker ? nil : try LedgerReader.own(file, isAtRest: isAtRest)
        if own == nil { try patiently { _ = try currentPlace() } }
    }

    private static func own(_ file: LedgerFile, isAtRest: Bool) throws -> DatabaseQueue? {
        if isAtRest { return try file.readerAtRest() }
        guard file.mayBeWritten else { return nil }
        do { return try file.reader() } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
            || isForWantOfSpace(error)
        {
            // A folder may refuse files for reasons that its rights do not tell, and a full disk does.
            return nil
        }
    }

    /// Closes the connection.
    ///
    /// - Throws: `DatabaseError`.
    func close() throws {
        try own?.close()
        try place.withLock { place in
            guard let queue = place?.queue else { return }
            try queue.close()
            // Nothing is opened again: what is asked from now on fails.
            place = Place(queue: queue, isAlone: false)
        }
    }

    /// Runs a body on one unchanging view of the ledger.
    ///
    /// - Parameters:
    ///   - again: whether the body may be run once more from its start, when what it read was changed
    ///     under it.
    ///   - body: is given the view, and what makes another connection to the file.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws; `StoreError.unreadableJournal`; `.busy` when what was read was
    ///   changed under the body, or others keep the file from being read; `DatabaseError`.
    func read<Value>(
        again: Bool,
        _ body: (Database, _ another: @escaping () throws -> DatabaseQueue) throws -> Value
    ) throws -> Value {
        if let own {
            let another = isAtRest ? file.readerAtRest : file.reader
            return try own.read { try body($0, another) }
        }
        for _ in 0..<LedgerReader.tries {
            do { return try patiently { try attempt(body) } } catch is Moved {
                guard again else { break }
            }
        }
        throw StoreError.busy(path: file.path)
    }

    /// Runs a body once on one unchanging view.
    ///
    /// - Throws: as the other.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try read(again: false) { database, _ in try body(database) }
    }

    private func attempt<Value>(
        _ body: (Database, _ another: @escaping () throws -> DatabaseQueue) throws -> Value
    ) throws -> Value {
        let place = try currentPlace()
        return try place.queue.read { database in
            // Takes the view.
            try LedgerReader.beginning { _ = try Schema.version(of: database) }
            guard place.isAlone else { return try body(database, file.reader) }
            let result = Result {
                try body(database) { [file] in
                    let helper = try file.readerAlone()
                    guard !LedgerReader.hasMoved(database) else { throw Moved() }
                    return helper
                }
            }
            // An answer may be of a file that was half changed, and so may an error.
            guard !LedgerReader.hasMoved(database) else { throw Moved() }
            return try result.get()
        }
    }

    /// The connection that is right now.
    private func currentPlace() throws -> Place {
        try place.withLock { place in
            if let place {
                // The files beside the ledger stay for as long as a connection is on them.
                guard place.isAlone else { return place }
                let hasMoved = place.queue.inDatabase { LedgerReader.hasMoved($0) }
                if !hasMoved, try !file.hasJournal() { return place }
            }
            let new = try LedgerReader.beginning { try open() }
            place = new
            return new
        }
    }

    private func open() throws -> Place {
        // Held by this connection, the files beside the ledger are not removed while they are opened.
        var alone = try file.readerAlone()
        if try !file.hasJournal(), let rest = file.restOfYouth {
            Thread.sleep(forTimeInterval: rest)
            alone = try file.readerAlone()
        }
        return try withExtendedLifetime(alone) {
            guard try file.hasJournal() else { return Place(queue: alone, isAlone: true) }
            do { return Place(queue: try file.reader(), isAlone: false) } catch let error
                as DatabaseError where error.resultCode == .SQLITE_CANTOPEN
            {
                throw StoreError.unreadableJournal(path: file.path)
            } catch let error as DatabaseError
                where LedgerReader.isForWantOfSpace(error) && !file.hasCommitsInJournal
            {
                // There is no room for an index of nothing.
                return Place(queue: alone, isAlone: true)
            }
        }
    }

    /// Whether there was no room for the index of the journal.
    private static func isForWantOfSpace(_ error: DatabaseError) -> Bool {
        let codes: [ResultCode] = [.SQLITE_FULL, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMOPEN]
        return codes.contains(error.extendedResultCode)
    }

    private static func hasMoved(_ database: Database) -> Bool {
        store_has_moved(database.sqliteConnection) != 0
    }

    /// Begins something that others may stand in the way of for a moment.
    private static func beginning<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError
            // An index of the journal that is about to be made counts as one that only writers make.
            where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY].contains(error.resultCode)
        {
            throw NotYet()
        }
    }

    private func patiently<Value>(_ body: () throws -> Value) throws -> Value {
        let patience = Patience(file.patience.wait)
        var tries = 0
        while true {
            do { return try body() } catch is NotYet {
                guard patience.tries(again: tries) else { throw StoreError.busy(path: file.path) }
                tries += 1
            }
        }
    }
}
