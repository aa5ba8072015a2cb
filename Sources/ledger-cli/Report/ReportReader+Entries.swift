import Fleet
import Ledger
import Projector

/// Which events a report shows, and with which words.
extension ReportReader {
    func belongs(_ event: Event, to chronicle: Chronicle?) -> Bool {
        guard let chronicle else { return true }
        if let migration = event.migration { return migration == chronicle.migration.name }
        switch event.type {
        case .decision(.ledgerCreated), .decision(.policySet), .decision(.keyAdded),
            .decision(.keyRetired):
            return true
        default: break
        }
        guard let resource = Resource(event.subject) else { return false }
        if case .environment(let name, _) = resource {
            return chronicle.resources.contains(.environment(name))
        }
        if case .event(let sequence) = resource,
            let about = events.first(where: { $0.sequence == sequence }), about != event
        {
            return belongs(about, to: chronicle)
        }
        return chronicle.resources.contains(resource)
    }

    /// The events that decide something: somebody's acts and words, not looks.
    func decisive(
        _ chronicle: Chronicle?, _ destructions: [Report.Destruction]
    ) -> Set<SequenceNumber> {
        var decisive = Set(chronicle?.milestones.compactMap(\.act) ?? [])
        decisive.formUnion(chronicle?.milestones.filter { $0.act != nil }.flatMap(\.evidence) ?? [])
        decisive.formUnion(destructions.flatMap(\.attempt.evidence))
        for event in events {
            if case .decision(let name) = event.type, name != .noteAdded {
                decisive.insert(event.sequence)
            }
        }
        return decisive
    }

    func entry(_ event: Event, isDecisive: Bool) throws -> Report.Entry {
        var texts: [Report.Text] = []
        for (name, reference) in event.attachments {
            // What a look showed is in the record already, and what a dump holds is no one's to read.
            if name == "output", case .observation = event.type { continue }
            texts.append(try text(of: event, name, reference))
        }
        return Report.Entry(
            event: event, voidedBy: voidedBy[event.sequence],
            summary: EventSummary.text(of: event), texts: texts, isDecisive: isDecisive)
    }

    private static let longestText = 2000

    func text(
        of event: Event, _ name: String, _ reference: AttachmentReference
    ) throws -> Report.Text {
        let stored: StoredAttachment?
        do {
            stored = try snapshot.attachment(event.sequence, name: name)
        } catch StoreError.attachmentAltered {
            return Report.Text(name: name, text: nil, absence: "altered")
        }
        switch stored {
        case .content(let content)?:
            guard content.mediaType.hasPrefix("text/"),
                let text = String(validating: content.bytes, as: UTF8.self)
            else {
                return Report.Text(
                    name: name, text: nil,
                    absence: "\(reference.byteCount) bytes of \(reference.mediaType)")
            }
            let lines = text.replacing("\r\n", with: "\n")
            let end = lines.count > Self.longestText ? "\n… cut, \(reference.byteCount) bytes" : ""
            return Report.Text(name: name, text: lines.prefix(Self.longestText) + end, absence: nil)
        case .erased?: return Report.Text(name: name, text: nil, absence: "erased")
        case .absent?, nil:
            return Report.Text(
                name: name, text: nil,
                absence: reference.isElsewhere ? "not in this file" : "missing")
        }
    }
}
