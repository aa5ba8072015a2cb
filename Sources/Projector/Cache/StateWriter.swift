import Ledger

/// Writes a state as bytes: the same bytes for the same histories, however they were folded.
///
/// What events say is written once, as the type and the canonical data of an event that says it;
/// each history is a list of references and its packed elements. What the references are to is known
/// at the end and stands there, behind the histories, whose length comes first.
struct StateWriter {
    private var body: [UInt8] = []
    private var contents: [[UInt8]] = []
    private var placesByBytes: [[UInt8]: Int] = [:]
    private var placesByObject: [ObjectIdentifier: Int] = [:]
    private var authors: [[UInt8]] = []
    private var authorPlaces: [[UInt8]: Int] = [:]
    private var authorsByObject: [ObjectIdentifier: Int] = [:]
    /// True once something was met that would not come back as it is.
    private var isLossy = false

    /// Adds the bytes of a state; false, and nothing is added, when something in it cannot be written
    /// faithfully.
    static func write(_ state: State, to bytes: inout [UInt8]) -> Bool {
        var writer = StateWriter()
        // Straight into the caller's bytes: they are many. A packed element has twelve or so, and room
        // that stays empty costs nothing.
        swap(&writer.body, &bytes)
        defer { swap(&writer.body, &bytes) }
        let start = writer.body.count
        writer.body.reserveCapacity(start + state.count * 16)
        writer.body += [UInt8](repeating: 0, count: StateWriter.lengthCount)
        let histories = writer.body.count
        writer.write(state)
        guard !writer.isLossy else {
            writer.body.removeLast(writer.body.count - start)
            return false
        }
        let length = writer.body.count - histories
        for index in 0..<StateWriter.lengthCount {
            writer.body[start + index] = UInt8(truncatingIfNeeded: length >> (index * 8))
        }
        writer.put(writer.contents.count)
        for content in writer.contents { writer.put(content) }
        writer.put(writer.authors.count)
        for author in writer.authors { writer.body += author }
        return true
    }

    /// The bytes of the length of the histories, the lowest first.
    static let lengthCount = 8

    private mutating func write(_ state: State) {
        put(state.count)
        put(state.newest) { $0.put($1) }
        put(state.environments, by: \.self) { name, history, writer in
            writer.put(name)
            writer.put(history.attempts)
            writer.put(history.sightings)
        }
        put(state.snapshots, by: \.self) { key, history, writer in
            writer.put(key.kind.rawValue)
            writer.put(key.name)
            writer.put(history.attempts)
            writer.put(history.sightings)
        }
        put(state.releases, by: \.self) { name, history, writer in
            writer.put(name)
            writer.put(history.attempts)
            writer.put(history.rows)
        }
        put(state.hosts, by: \.self) { name, history, writer in
            writer.put(name)
            writer.put(history.switches)
            writer.put(history.answers)
            writer.put(history.failures) { $0.put($1) }
        }
        put(state.defaultAttempts)
        put(state.scriptAttempts)
        put(state.logAttempts)
        put(state.dumps, by: \.self) { path, history, writer in
            writer.put(path)
            writer.put(history)
        }
        put(state.defaultAnswers) { $0.put($1) }
        put(state.scriptListings) { $0.put(.observation(.sqlScripts($1))) }
        put(state.environmentListings.map(\.moment)) { $0.put($1) }
        put(state.snapshotListings, by: \.rawValue) { kind, marks, writer in
            writer.put(kind.rawValue)
            writer.put(marks.map(\.moment)) { $0.put($1) }
        }
        put(state.releaseListings.map(\.moment)) { $0.put($1) }
        put(state.files, by: \.self) { path, marks, writer in
            writer.put(path)
            writer.put(marks) { $0.put(.observation(.file($1))) }
        }
        put(state.declarations, by: \.self) { name, declaration, writer in
            writer.put(name)
            writer.put(.decision(.migrationOpened(declaration.roles)))
            writer.put(declaration.opened)
            writer.put(declaration.confirmed)
            writer.put(declaration.evidence) { $0.put($1.number) }
        }
        put(state.closings, by: \.self) { name, marks, writer in
            writer.put(name)
            writer.put(marks) { $0.put($1 ? 1 : 0) }
        }
        put(state.decisions) { $0.put(.decision($1)) }
        put(state.holds, by: \.self) { resource, marks, writer in
            writer.put(resource)
            writer.put(marks) { $0.put(.decision($1)) }
        }
        put(state.policyMarks) { $0.put(.decision($1)) }
        put(state.planMarks) { $0.put(.decision($1)) }
        put(state.inDoubt, by: \.description) { id, attempt, writer in
            writer.put(id.description)
            writer.put(Chronology([attempt]))
        }
        put(state.unfinishedNotes, by: \.description) { id, note, writer in
            writer.put(id.description)
            writer.put(note.command)
            writer.put(note.started)
            writer.put(note.actor.id)
            writer.put(note.actor.type)
        }
        put(state.unreadable) { $0.put($1) }
        put(state.foretold) { writer, event in
            writer.put(event.moment)
            writer.put(event.recorded)
        }
    }

    // MARK: Values

    private mutating func put(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            body.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        body.append(UInt8(rest))
    }

    private mutating func put(_ bytes: [UInt8]) {
        put(bytes.count)
        body += bytes
    }

    private mutating func put(_ text: String) { put(Array(text.utf8)) }

    private mutating func put(_ time: Timestamp) {
        // Times before 1970 are negative; as whole words they would take ten bytes.
        put(time.milliseconds < 0 ? 1 : 0)
        put(Int(time.milliseconds.magnitude))
    }

    private mutating func put(_ moment: Moment) {
        put(moment.time)
        put(moment.sequence.number)
    }

    private mutating func put<Value>(
        _ value: Value?, _ write: (inout StateWriter, Value) -> Void
    ) {
        put(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    private mutating func put<Value>(
        _ list: [Value], _ write: (inout StateWriter, Value) -> Void
    ) {
        put(list.count)
        for value in list { write(&self, value) }
    }

    private mutating func put<Key: Hashable, Value, Order: Comparable>(
        _ dictionary: [Key: Value], by order: (Key) -> Order,
        _ write: (Key, Value, inout StateWriter) -> Void
    ) {
        put(dictionary.count)
        for (key, value) in dictionary.sorted(by: { order($0.key) < order($1.key) }) {
            write(key, value, &self)
        }
    }

    private mutating func put<Value>(
        _ marks: [Mark<Value>], _ write: (inout StateWriter, Value) -> Void
    ) {
        put(marks.count)
        for mark in marks { put(mark, write) }
    }

    private mutating func put<Value>(
        _ mark: Mark<Value>, _ write: (inout StateWriter, Value) -> Void
    ) {
        put(mark.moment)
        put(mark.basis.code)
        put(mark.migration) { $0.put($1) }
        write(&self, mark.value)
    }

    // MARK: Histories

    private mutating func put(_ history: Chronology<Attempt>) {
        put(history) { $0.place(of: $1) }
    }

    private mutating func put<Element: Chronicled>(
        _ history: Chronology<Element>
    ) where Element.Shared == EventContent {
        put(history) { $0.place(of: $1) }
    }

    /// A history, its kinds and authors in the order in which they are first met.
    private mutating func put<Element: Chronicled>(
        _ history: Chronology<Element>, _ place: (inout StateWriter, Element.Shared) -> Int
    ) {
        var again = Repacking<Element>()
        let whole = history.count / Chronology<Element>.chunk * Chronology<Element>.chunk
        for element in history {
            again.add(
                element, whole,
                content: { place(&self, element.shared) },
                author: { $0.map { self.place(of: $0) } })
        }
        again.finish()
        put(again.kinds.count)
        for kind in again.kinds {
            put(kind.content)
            put(kind.code)
            put(kind.count)
            put(kind.first + 1)
            put(kind.last + 1)
        }
        put(again.authors.count)
        for author in again.authors { put(author) }
        put(Int(again.packed.longest))
        put(again.packed.starts.count)
        for start in again.packed.starts {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                body.append(UInt8(truncatingIfNeeded: start >> shift))
            }
        }
        put(Array(again.packed.bytes))
        put(again.rest.count)
        put(Array(again.tail.bytes))
    }

    // MARK: What is shared

    private mutating func put(_ payload: EventPayload) { put(place(of: payload)) }

    private mutating func place(of content: EventContent) -> Int {
        if let place = placesByObject[ObjectIdentifier(content)] { return place }
        guard case .success(let payload?) = content.payload else {
            isLossy = true
            return 0
        }
        let place = place(of: payload)
        placesByObject[ObjectIdentifier(content)] = place
        return place
    }

    private mutating func place(of deed: Undertaking) -> Int {
        if let place = placesByObject[ObjectIdentifier(deed)] { return place }
        // Of any outcome: it is the attempt that has one.
        let place = place(of: .action(deed.action, .accepted, deed.report))
        placesByObject[ObjectIdentifier(deed)] = place
        return place
    }

    private mutating func place(of payload: EventPayload) -> Int {
        let type = payload.type
        guard let data = try? CanonicalJSON.encode(payload.json),
            let object = (try? JSONReader.parse(data))?.object,
            (try? EventPayload(type: type, data: object)) == payload
        else {
            isLossy = true
            return 0
        }
        let bytes = Array(type.description.utf8) + [0] + data
        if let place = placesByBytes[bytes] { return place }
        placesByBytes[bytes] = contents.count
        contents.append(bytes)
        return contents.count - 1
    }

    private mutating func place(of author: Author) -> Int {
        if let place = authorsByObject[ObjectIdentifier(author)] { return place }
        var writer = StateWriter()
        writer.put(author.actor.id)
        writer.put(author.actor.type)
        writer.put(author.migration) { $0.put($1) }
        let place = authorPlaces[writer.body] ?? authors.count
        if place == authors.count {
            authorPlaces[writer.body] = place
            authors.append(writer.body)
        }
        authorsByObject[ObjectIdentifier(author)] = place
        return place
    }
}
