/// Why the store cannot do what was asked.
public enum StoreError: Error, Equatable, Sendable {
    /// There is no file at the path.
    case noLedger(path: String)
    /// A new ledger cannot take the place of what is at the path.
    case alreadyExists(path: String)
    /// A journal lies where a new file is to be made: a ledger that had the name was moved without it.
    case journalLeft(path: String)
    /// What is at the path is not a ledger; it was not touched.
    case notALedger(path: String)
    /// Something that is no plain file stands where SQLite keeps a file of the ledger.
    case inTheWay(path: String)
    /// Another file, or none, is where the ledger was when it was opened.
    case replaced(path: String)
    /// The file has a second name, a hard link. SQLite keeps a journal for each name: what is appended
    /// by one is not seen by the other, and is lost with it
    /// (https://sqlite.org/howtocorrupt.html, section 2.5).
    case severalNames(path: String)
    /// The file was not finished, or a change of it was not: its rollback journal undoes what is in it.
    case unfinished(path: String)
    /// The file was written by a newer version of this program; it was not touched.
    case newerVersion(path: String, found: Int, known: Int)
    /// The file has an older layout and was opened for reading only, or no way leads to this one.
    case olderVersion(path: String, found: Int, known: Int)
    /// Others kept the ledger locked for as long as we were willing to wait.
    case busy(path: String)
    /// Another process took what was to be appended, to write it along with its own, and does not go on:
    /// it may be written yet.
    case undecided(path: String)
    /// The ledger was opened for reading, or the file or its folder cannot be written.
    case readOnly(path: String)
    /// A file beside the ledger belongs to somebody else and may not be written; nothing was.
    case strangersFile(path: String, owner: String)
    /// Reading needs the files `-wal` and `-shm` beside the ledger, and they cannot be used.
    case unreadableJournal(path: String)
    /// The file system has no locks that keep two writers apart.
    case noLocks(path: String)
    /// No space was left; nothing was written.
    case diskFull(path: String)
    /// The ledger has moved on from the size that the caller expected; nothing was written.
    case sizeDiffers(expected: Int, actual: Int)
    /// The ledger is shorter than the size that was asked for.
    case noSuchSize(Int, actual: Int)
    /// An event of this id exists with other content; nothing was written.
    case idConflict(id: EventID, sequence: SequenceNumber)
    /// The draft at an index of the batch makes no valid record; nothing was written.
    case event(EventError, index: Int)
    /// The record at a sequence is not one, or says that it stands elsewhere.
    case damagedRecord(SequenceNumber, reason: String)
    /// An event has no attachment of this name, or its content is gone already.
    case noAttachment(SequenceNumber, name: String)
    /// An attachment's content does not agree with the commitment in its record.
    case attachmentAltered(SequenceNumber, name: String)
    /// The records no longer give the root that was signed for a size, so nothing more is signed.
    case headDiffers(size: Int)
    /// Tables or triggers are not those of a ledger; `name` is the first that differs.
    case schemaDiffers(name: String)
    /// Stored hashes are missing or malformed.
    case damagedTree(reason: String)
    /// The signer gave no note.
    case signer(reason: String)
    /// Another failure of SQLite (extended result code) or of the file system (`errno`).
    case io(code: Int, message: String)
}

extension StoreError: CustomStringConvertible {
    /// The error in words, with the next step where there is one.
    public var description: String {
        switch self {
        case .noLedger(let path): "\(path): no ledger here; create one with init"
        case .alreadyExists(let path): "\(path): exists already; choose another path"
        case .journalLeft(let path):
            "\(path): left of a ledger that had this name, and may hold its newest events; move it to that "
                + "ledger, or choose another path"
        case .notALedger(let path): "\(path): not a ledger; the file was left as it is"
        case .inTheWay(let path):
            "\(path): no plain file, in the place of one that belongs to the ledger; move it away"
        case .replaced(let path):
            "\(path): the ledger that was opened here was moved away or replaced; start again with the "
                + "one that is to be read"
        case .severalNames(let path):
            "\(path): the file has another name as well, a hard link, and each would have a journal of "
                + "its own; remove the other name (find -inum shows it), or copy the file with cp and "
                + "use the copy"
        case .unfinished(let path):
            "\(path): not finished: by the journal \(path)-journal beside it, all that it holds may be "
                + "undone, so that nothing is read from it and nothing was changed; when it is a copy or "
                + "a new ledger, remove both and make it again"
        case .newerVersion(let path, let found, let known):
            "\(path): ledger of version \(found): this program knows up to \(known); use a newer one"
        case .olderVersion(let path, let found, let known):
            "\(path): ledger of version \(found): version \(known) is needed; record something, which brings it up "
                + "to date after a backup, or use a newer program"
        case .busy(let path): "\(path): busy; another process holds it, try again"
        case .undecided(let path):
            "\(path): another process holds it and was about to write this along: it may or may not be "
                + "written; look at the history for it before you try again"
        case .readOnly(let path):
            "\(path): cannot be written; nothing was: get the right to write the file and its folder"
        case .strangersFile(let path, let owner):
            "\(path): belongs to \(owner), and you may not write it, so that nothing was recorded; "
                + "have root give the files to you (chown YOU \(path.dropLast(4))-wal "
                + "\(path.dropLast(4))-shm), or remove both, but only while the -wal is empty and "
                + "nobody has the ledger open"
        case .unreadableJournal(let path):
            "\(path): its -wal file cannot be read here; copy both into a folder you may write to"
        case .noLocks(let path):
            "\(path): its file system gives no locks; nothing was written, and nothing that was "
                + "acknowledged is lost; keep the ledger on a local disk"
        case .diskFull(let path):
            "\(path): no space left; nothing was written, and nothing that was acknowledged is "
                + "lost; free some space, then try again"
        case .sizeDiffers(let expected, let actual):
            "ledger has \(actual) events, expected \(expected); nothing was written"
        case .noSuchSize(let size, let actual):
            "size \(size) was never reached: the ledger has \(actual) events"
        case .idConflict(let id, let sequence):
            "event \(id) exists as \(sequence) with other content; nothing was written"
        case .event(let error, index: 0): "\(error)"
        case .event(let error, let index): "event \(index + 1) of those to be recorded: \(error)"
        case .damagedRecord(let sequence, let reason): "event \(sequence): \(reason); run verify"
        case .noAttachment(let sequence, let name):
            "event \(sequence): no content of an attachment \"\(name)\""
        case .attachmentAltered(let sequence, let name):
            "event \(sequence): attachment \"\(name)\" does not match its commitment; run verify"
        case .headDiffers(let size):
            "records up to \(size) no longer give the root that was signed; run verify"
        case .schemaDiffers(let name): "\(name): not as a ledger defines it; run verify"
        case .damagedTree(let reason): "stored hashes: \(reason); run verify"
        case .signer(let reason): "signing: \(reason); nothing was written"
        case .io(let code, let message): "\(message) (code \(code)); \(StoreError.advice(code))"
        }
    }

    /// What to do about a failure of SQLite or of the file system.
    private static func advice(_ code: Int) -> String {
        switch code & 0xFF {
        // SQLITE_ERROR, SQLITE_CORRUPT
        case 1, 11: "run verify, and restore a backup when it does not verify"
        default:
            // What was refused may still be there: a disk that failed to sync may have kept it.
            "nothing that was acknowledged is lost; see to the disk, look at the history for what was "
                + "just to be written, then try again"
        }
    }
}
