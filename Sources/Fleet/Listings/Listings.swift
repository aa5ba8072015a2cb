public import Ledger

/// The output of the read commands as observations.
///
/// What a listing shows is evidence; that it does not show something is evidence only when the
/// observation is complete: the command ended well, header and ruler were there, and every line was
/// understood.
public enum Listings {
    /// The observation of a read command's output.
    ///
    /// - Parameters:
    ///   - read: the command.
    ///   - output: what was printed, as captured.
    ///   - exitStatus: nil when the command was killed or its status is not known.
    ///   - timedOut: true when it was given up.
    ///   - saidNoOutput: true when someone vouches that nothing was printed, which makes an empty
    ///     `config sql list` complete.
    /// - Returns: an observation for every read command, incomplete at worst.
    public static func observation(
        _ read: ReadCommand, output: String, exitStatus: Int?, timedOut: Bool = false,
        saidNoOutput: Bool = false
    ) -> Observation {
        let text = ConsoleText(output)
        let didEnd = exitStatus == 0 && !timedOut
        switch read {
        case .envList: return .environments(environments(text, didEnd))
        case .envDescribe(let environment):
            return .environment(description(of: environment, text, didEnd))
        case .snapshotList(let kind):
            return .snapshots(kind ?? .database, snapshots(text, didEnd))
        case .releaseList: return .releases(releases(text, didEnd))
        case .defaultEnvironment: return .defaultEnvironment(defaultEnvironment(text, didEnd))
        case .sqlScripts: return .sqlScripts(scripts(text, didEnd, saidNoOutput))
        }
    }

    private static func environments(
        _ text: ConsoleText, _ didEnd: Bool
    ) -> Listing<EnvironmentRow> {
        listing(text, didEnd, ["name", "status"], times: ["created", "updated"]) { cells in
            EnvironmentRow(
                environment: cells.name, status: cells.status, release: cells["release"],
                created: cells.time("created"), certificate: cells["certificate"])
        }
    }

    private static func snapshots(
        _ text: ConsoleText, _ didEnd: Bool
    ) -> Listing<SnapshotRow> {
        listing(text, didEnd, ["name", "environment", "status"], times: ["created"]) { cells in
            SnapshotRow(
                snapshot: cells.name, environment: cells["environment"] ?? "",
                status: cells.status, size: cells["size"], type: cells["type"],
                created: cells.time("created"))
        }
    }

    private static func releases(
        _ text: ConsoleText, _ didEnd: Bool
    ) -> Listing<ReleaseRow> {
        listing(text, didEnd, ["name", "status"], times: ["modified"]) { cells in
            ReleaseRow(
                release: cells.name, status: cells.status, modified: cells.time("modified"),
                environments: cells.environments)
        }
    }

    private static func listing<Row>(
        _ text: ConsoleText, _ didEnd: Bool, _ columns: [String], times: [String],
        row: (Cells) -> Row
    ) -> Listing<Row> {
        let table = Table(text.lines, columns: columns)
        var rows: [Row] = []
        var isComplete = didEnd && table.isWhole
        let doubles = doubles(table.rows.map { Cells($0).name })
        for values in table.rows {
            let cells = Cells(values)
            guard !doubles.contains(cells.name) else {
                isComplete = false
                continue
            }
            guard !cells.status.isEmpty, !(cells.name == "name" && cells.status == "STATUS") else {
                isComplete = false
                continue
            }
            rows.append(row(cells))
            // A row that was cut off ends before its times do.
            for time in times where table.columns.contains(time) {
                let isMissing = time != "updated" && cells[time] == nil
                if isMissing || (cells[time] != nil && cells.time(time) == nil) {
                    isComplete = false
                }
            }
            if cells.isCutInStatus(after: table.columns) { isComplete = false }
        }
        if !text.isTerminated {
            // Without its line feed the last line may go on; only a whole time proves the opposite.
            let last = table.columns.last ?? ""
            let end = table.rows.last.flatMap { Cells($0).time(last) }
            isComplete = isComplete && table.endsInRow && times.contains(last) && end != nil
        }
        return Listing(rows: rows, isComplete: isComplete)
    }

    /// Names that look the same and are spelled in other bytes.
    ///
    /// They are two things on the platform and one name here, so that neither row can be told apart
    /// from the other: nothing is read of either.
    private static func doubles(_ names: [String]) -> Set<String> {
        var first: [String: String] = [:]
        var doubles: Set<String> = []
        for name in names {
            if let known = first[name], !known.utf8.elementsEqual(name.utf8) {
                doubles.insert(name)
            }
            first[name] = name
        }
        return doubles
    }

    private static func defaultEnvironment(_ text: ConsoleText, _ didEnd: Bool) -> String? {
        var names: Set<String> = []
        for line in text.lines where !line.isEmpty {
            let echoes = Echo.parse(line).filter { $0.template == .defaultIs }
            guard let name = echoes.last?.names.first else { return nil }
            // The quotes prove that the name was not cut off.
            guard line.hasSuffix("'") || line.hasSuffix("'."), !name.contains("'") else {
                return nil
            }
            names.insert(name)
        }
        return didEnd && names.count == 1 ? names.first : nil
    }

    private static func scripts(
        _ text: ConsoleText, _ didEnd: Bool, _ saidNoOutput: Bool
    ) -> Listing<String> {
        var rows: [String] = []
        var isComplete = didEnd && (text.isTerminated || text.isEmpty)
        for line in text.lines where !line.isEmpty {
            if line.contains(" ") || Ruler(line) != nil || line.hasSuffix(":") {
                isComplete = false
            } else {
                rows.append(line)
            }
        }
        if text.isEmpty { isComplete = didEnd && saidNoOutput }
        return Listing(rows: rows, isComplete: isComplete)
    }
}

/// The cells of one row by column name; an empty cell is no cell.
private struct Cells {
    private let values: [String: String]

    private static let statuses = [
        "RUNNING", "CREATING", "DESTROYING", "UPDATING", "LOADING", "UNLOADING", "ACTIVATING",
        "AVAILABLE", "FAILED", "DELETING",
    ]

    init(_ values: [String: String]) { self.values = values }

    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty, value != "None", value != "-" else {
            return nil
        }
        return value
    }

    var name: String { values["name"] ?? "" }

    /// The status token in upper case, the stars around an active one aside.
    ///
    /// One that is not known is kept as it is.
    var status: String {
        (values["status"] ?? "").replacing("*", with: "").trimmed.uppercased()
    }

    func time(_ name: String) -> Timestamp? { self[name].flatMap { Timestamp($0) } }

    /// The environments that use a release: a column that no sample shows but a release note names.
    var environments: [String]? {
        let names = ["environments", "environment", "envs", "env", "used by", "loaded in"]
        guard let name = names.first(where: { values[$0] != nil }) else { return nil }
        return (self[name] ?? "").split { $0 == "," || $0 == " " }.map { String($0) }
    }

    /// True when the row ends in the middle of a known status word.
    func isCutInStatus(after columns: [String]) -> Bool {
        guard let index = columns.firstIndex(of: "status"),
            columns[(index + 1)...].allSatisfy({ values[$0]?.isEmpty != false })
        else { return false }
        let status = status
        return Cells.statuses.contains { $0 != status && $0.hasPrefix(status) }
    }
}
