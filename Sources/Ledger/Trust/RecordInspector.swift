/// Looks at one record after the other.
struct RecordInspector {
    let origin: String
    private(set) var findings: [Finding] = []
    private var emptied: [AttachmentPlace] = []
    private var erased: Set<AttachmentPlace> = []
    private var next = 1
    private var newest: Timestamp?

    init(origin: String) { self.origin = origin }

    mutating func add(_ kind: Finding.Class, _ sequence: SequenceNumber?, _ message: String) {
        findings.append(Finding(kind, sequence: sequence?.number, message: message))
    }

    /// The event of a record when it could be read and there is more to look at.
    mutating func inspect(_ record: CheckedRecord) -> Event? {
        let number = record.sequence.number
        if number > next {
            let gap =
                next == number - 1 ? "event \(next) is" : "events \(next) to \(number - 1) are"
            add(.missing, SequenceNumber(next), "\(gap) not there")
        }
        next = number + 1
        if let kept = record.kept, kept != record.hash {
            findings.append(
                Finding(
                    .edited, sequence: number, expected: kept, found: record.hash,
                    message: "stored hash does not match the record's bytes"))
        } else if record.kept == nil {
            add(.edited, record.sequence, "stored hash is not 32 bytes")
        }
        switch record.content {
        case .ordinary(let sequence, let recordedTime):
            inspect(record, saying: sequence, recordedTime, of: origin)
            return nil
        case .event(.success(let event)):
            inspect(record, saying: event.sequence, event.recordedTime, of: event.source)
            return event
        case .event(.failure(let error)):
            add(.edited, record.sequence, error.description)
            return nil
        }
    }

    private mutating func inspect(
        _ record: CheckedRecord, saying sequence: SequenceNumber, _ recordedTime: Timestamp,
        of source: String
    ) {
        if sequence != record.sequence {
            add(.reordered, record.sequence, "its record says it is event \(sequence)")
        }
        if source != origin {
            add(.inserted, record.sequence, "its record is of \(source), not of \(origin)")
        }
        if let newest, recordedTime < newest {
            add(.reordered, record.sequence, "recorded before the event in front of it")
        }
        newest = recordedTime
    }

    /// Goes on after a record that is not there and is named otherwise.
    mutating func skip() { next += 1 }

    /// Holds the attachments that a record commits to against what is stored under their names.
    mutating func inspectAttachments(
        of event: Event, stored: (_ name: String) throws -> SealedAttachment?
    ) rethrows {
        if event.type == .decision(.attachmentErased),
            case .decision(.attachmentErased(let sequence, let name))? = try? EventPayload(
                type: event.type, data: event.data)
        {
            erased.insert(AttachmentPlace(sequence, name))
        }
        for (name, reference) in event.attachments {
            guard let row = try stored(name) else {
                if reference.isElsewhere { continue }
                add(.attachmentAltered, event.sequence, "attachment \"\(name)\" is not there")
                continue
            }
            guard let seal = row.seal else {
                emptied.append(AttachmentPlace(event.sequence, name))
                continue
            }
            guard seal.commitment != reference.commitment else { continue }
            findings.append(
                Finding(
                    .attachmentAltered, sequence: event.sequence.number,
                    expected: reference.commitment, found: seal.commitment,
                    message: "attachment \"\(name)\" does not give its commitment"))
        }
    }

    /// What can be said only at the end: that an empty attachment was never erased by an event.
    mutating func finish() {
        for place in emptied where !erased.contains(place) {
            add(
                .attachmentAltered, place.sequence,
                "attachment \"\(place.name)\" is gone, and no event says that it was erased")
        }
    }
}
