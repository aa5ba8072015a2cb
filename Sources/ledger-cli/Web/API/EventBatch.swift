import HTTPTypes
import Ledger

/// A page of events for programs: the records themselves, byte for byte, as a CloudEvents batch.
struct EventBatch: Sendable {
    /// The media type (CloudEvents JSON format 1.0.2, section 4).
    static let mediaType = "application/cloudevents-batch+json"

    private let filter: EventFilter
    private let query: HistoryQuery
    private let isDescending: Bool
    private let limit: Int

    /// The page that a request asks for.
    ///
    /// - Throws: `Refusal`.
    init(_ inquiry: Inquiry) throws(Refusal) {
        filter = try EventFilter(inquiry)
        limit = try inquiry.number("limit", in: 1...1000) ?? 100
        switch inquiry.value("order") {
        case nil, "asc": isDescending = false
        case "desc": isDescending = true
        default: throw Refusal(.badRequest, "order: expected asc or desc")
        }
        var query = filter.query
        query.limit = limit + 1
        query.isNewestFirst = isDescending
        self.query = query
    }

    /// The page; `Link` leads to the following one, `ETag` is the size of the ledger.
    ///
    /// - Throws: `StoreError`.
    func answer(_ snapshot: LedgerSnapshot) throws -> Answer {
        let size = try snapshot.size()
        let records = try snapshot.records(matching: query)
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, stored) in records.prefix(limit).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += stored.record.bytes
        }
        bytes += "]\n".utf8
        var answer = Answer(EventBatch.mediaType, bytes).tagged("\(size)")
        if let name = HTTPField.Name("Ledger-Size") { answer.headers[name] = "\(size)" }
        if records.count > limit, let last = records.prefix(limit).last,
            let link = HTTPField.Name("Link")
        {
            answer.headers[link] = "<\(following(last.sequence).text)>; rel=\"next\""
        }
        return answer
    }

    private func following(_ last: SequenceNumber) -> Link {
        var fields = EventFilter.fields.map { ($0.name, filter.values[$0.name]) }
        if isDescending {
            fields += [("before", "\(last)"), ("after", query.after.map { "\($0)" })]
        } else {
            fields += [("after", "\(last)"), ("before", query.before.map { "\($0)" })]
        }
        fields += [("order", isDescending ? "desc" : nil), ("limit", "\(limit)")]
        return .path(["api", "v1", "events"], query: fields)
    }
}
