import Ledger

extension Listings {
    /// The description that `env describe` printed.
    ///
    /// It is complete when it names the requested environment and a status, both rulers around the
    /// properties are there, every line was understood and the command ended well. A description of
    /// another environment is evidence, never complete, about the one that it names; without any
    /// name nothing in it is evidence.
    static func description(
        of requested: String, _ text: ConsoleText, _ didEnd: Bool
    ) -> EnvironmentDescription {
        var reader = DescriptionReader(text)
        reader.read()
        guard let name = reader.properties["name"], !name.isEmpty else {
            return EnvironmentDescription(environment: requested, isComplete: false)
        }
        var description = EnvironmentDescription(
            environment: name,
            isComplete: didEnd && reader.isWhole && name == requested)
        description.releases = reader.releases
        description.endpoints = reader.endpoints
        for (key, value) in reader.properties where key != "name" && !value.isEmpty {
            description.take(key, value)
        }
        if description.status == nil { description.isComplete = false }
        if reader.properties["created"] != nil, description.created == nil {
            description.isComplete = false
        }
        description.mark(active: reader.properties["active release"])
        return description
    }
}

extension EnvironmentDescription {
    /// Takes a property over; one whose value is not understood stays a setting.
    fileprivate mutating func take(_ key: String, _ value: String) {
        switch key {
        case "status": status = value.uppercased()
        case "size": size = value
        case "created":
            created = Timestamp(value)
        case "previous release": previousRelease = value == "None" ? nil : value
        case "ha": take(value, key, \.highAvailability)
        case "maintenance mode": take(value, key, \.maintenance)
        case "solr": take(value, key, \.solr)
        case "nfs": take(value, key, \.nfs)
        case "protected": take(value, key, \.protected)
        case "newrelic": settings[key] = Redaction.mark
        default: settings[key] = value
        }
    }

    private mutating func take(
        _ value: String, _ key: String, _ path: WritableKeyPath<EnvironmentDescription, Switch?>
    ) {
        if let state = Switch(word: value) {
            self[keyPath: path] = state
        } else {
            settings[key] = value
        }
    }

    /// The old form names the active release among the properties and lists it as RUNNING.
    fileprivate mutating func mark(active release: String?) {
        guard let release, !release.isEmpty, release != "None", let loads = releases else { return }
        if let index = loads.firstIndex(where: { $0.release == release }) {
            releases?[index].status = "ACTIVE"
        }
    }
}

/// Walks through the sections of a description.
private struct DescriptionReader {
    var properties: [String: String] = [:]
    var releases: [EnvironmentDescription.Load]?
    var endpoints: [String: String] = [:]
    var isWhole = true
    private let lines: [String]
    private let isTerminated: Bool
    private var index = 0

    init(_ text: ConsoleText) {
        lines = text.lines
        isTerminated = text.isTerminated
    }

    mutating func read() {
        while index < lines.count, Ruler(lines[index]) == nil {
            let line = lines[index]
            if Wording.speaksOfError(line) || Wording.speaksOfLoss(line) { isWhole = false }
            index += 1
        }
        let (rows, isClosed) = pairs()
        if !isClosed { isWhole = false }
        for (key, value) in rows {
            if properties[key] != nil { isWhole = false }
            properties[key] = value
        }
        guard isClosed else { return }
        while index < lines.count {
            let line = lines[index]
            index += 1
            switch line.lowercased() {
            case "": break
            case "releases:": readReleases()
            case "endpoints:": readEndpoints()
            default: isWhole = false
            }
        }
    }

    /// The rows between two rulers, and whether the second ruler was there.
    ///
    /// The last row of an unclosed block is dropped: it may have been cut off.
    /// A ruler may be one run of dashes where `columns` says so.
    private mutating func pairs(
        columns: ClosedRange<Int> = 2...2
    ) -> (rows: [(String, String)], isClosed: Bool) {
        guard index < lines.count, let ruler = Ruler(lines[index]), columns ~= ruler.spans.count
        else {
            return ([], false)
        }
        index += 1
        var rows: [(String, String)] = []
        while index < lines.count {
            let line = lines[index]
            if let closing = Ruler(line) {
                index += 1
                return (rows, closing.spans.count == ruler.spans.count)
            }
            if line.lowercased() == "releases:" || line.lowercased() == "endpoints:" { break }
            index += 1
            if line.isEmpty { continue }
            if let pair = pair(line, ruler) {
                rows.append(pair)
            } else {
                isWhole = false
            }
        }
        return (rows.dropLast(), false)
    }

    /// A key and its value, cut where the second column starts; keys may be longer than their dashes.
    private func pair(_ line: String, _ ruler: Ruler) -> (String, String)? {
        let row = Array(line.unicodeScalars)
        let column = ruler.spans.count == 2 ? ruler.spans[1].lowerBound : row.count
        func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view).trimmed
        }
        if ruler.spans.count == 2, row.first != " ", row.count <= column || row[column - 1] == " " {
            let key = text(row.prefix(column))
            // Two values in one cell mean that the row does not keep to the ruler.
            if key.components(separatedByAtLeast: 2).count == 1 {
                return (key.lowercased(), text(row.dropFirst(column)))
            }
        }
        let parts = line.components(separatedByAtLeast: 2)
        guard parts.count == 2, row.first != " " else { return nil }
        return (parts[0].lowercased(), parts[1])
    }

    private mutating func readReleases() {
        while index < lines.count, lines[index].isEmpty { index += 1 }
        guard index < lines.count else {
            isWhole = false
            return
        }
        var isSound = true
        var loads: [EnvironmentDescription.Load] = []
        if Ruler(lines[index]) != nil {
            let (rows, isClosed) = pairs(columns: 1...2)
            loads = rows.map { .init(release: $0.0, status: DescriptionReader.status($0.1)) }
            isSound = isClosed
        } else {
            let end =
                lines[index...].firstIndex { $0.isEmpty || $0.lowercased() == "endpoints:" }
                ?? lines.endIndex
            let table = Table(lines[index..<end], columns: ["name", "status"])
            for row in table.rows {
                let status = DescriptionReader.status(row["status"] ?? "")
                loads.append(.init(release: row["name"] ?? "", status: status))
                // The times of a row that was cut off are missing or do not parse.
                let isCut = ["loaded", "updated"].contains { column in
                    row[column].map { !$0.isEmpty && Timestamp($0) == nil } == true
                }
                if isCut || status.isEmpty || row["loaded"]?.isEmpty == true { isSound = false }
            }
            // Nothing after the ruler and nothing after the section: the rows may be missing.
            let isBare = table.rows.isEmpty && lines[end...].allSatisfy(\.isEmpty)
            let isOpen = end == lines.endIndex && !isTerminated
            isSound = isSound && table.isWhole && !isBare && !isOpen
            index = end
        }
        if !isSound { isWhole = false }
        // A broken list says which release is active only when it shows it.
        releases = isSound || loads.contains { $0.status == "ACTIVE" } ? loads : nil
    }

    private mutating func readEndpoints() {
        while index < lines.count, lines[index].isEmpty { index += 1 }
        let (rows, isClosed) = pairs()
        if !isClosed { isWhole = false }
        for (key, value) in rows { endpoints[key] = value }
    }

    private static func status(_ cell: String) -> String {
        cell.replacing("*", with: "").trimmed.uppercased()
    }
}
