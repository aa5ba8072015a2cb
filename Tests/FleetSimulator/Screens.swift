import FleetModel
import Ledger

/// What the read commands print, in the shapes that the platform's documentation shows.
extension SimulatedFleet {
    /// The screen of `env list`.
    func environmentList() -> String {
        var screen = Screen(
            "name", "status", "release", "releases", "certificate", "created", "updated")
        screen.alignsRight = [3]
        for name in platform.environments.keys.sorted() {
            guard let environment = platform.environments[name] else { continue }
            screen.add(
                name, status(name), environment.active ?? "", "\(environment.releases.count)",
                details[name]?.certificate ?? "", text(environment.created),
                text(max(environment.created, details[name]?.updated ?? 0)))
        }
        return screen.text
    }

    /// The screen of `snapshot list`.
    func snapshotList(_ kind: SnapshotKind) -> String {
        var screen = Screen("name", "environment", "status", "size", "type", "created")
        if kind == .nfs {
            for (name, snapshot) in sharedFiles.sorted(by: { $0.key < $1.key }) {
                screen.add(
                    name, snapshot.environment,
                    snapshot.readyAt <= platform.now ? "AVAILABLE" : "CREATING", "10GB", "MANUAL",
                    text(snapshot.created))
            }
            return screen.text
        }
        let newestFirst = platform.snapshots.sorted {
            ($0.value.created, $0.key) > ($1.value.created, $1.key)
        }
        for (name, snapshot) in newestFirst {
            screen.add(
                name, snapshot.environment, platform.isAvailable(name) ? "AVAILABLE" : "CREATING",
                "100GB", snapshot.isAutomated ? "AUTOMATED" : "MANUAL", text(snapshot.created))
        }
        return screen.text
    }

    /// The screen of `release list`.
    func releaseList() -> String {
        var screen = Screen("name", "status", "modified", "message")
        for (name, made) in releases.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }) {
            screen.add(
                name, made + 60 <= platform.now ? "AVAILABLE" : "CREATING", text(made),
                "Added tags to product descrip...")
        }
        return screen.text
    }

    /// `env describe`; nil when there is no such environment.
    func description(of name: String) -> String? {
        guard let environment = platform.environments[name] else { return nil }
        let detail = details[name] ?? Detail()
        let updated = max(environment.created, detail.updated)
        let rows = [
            ("name", name), ("status", status(name)), ("whitelist", detail.whitelist),
            ("ssl certificate", detail.certificate), ("created", text(environment.created)),
            ("updated", text(updated)), ("recycling", "ON"), ("size", detail.size),
            ("solr", detail.isSolrOn ? "ON" : "OFF"),
            ("maintenance mode", environment.showsClosed ? "ON" : "OFF"),
            ("previous release", detail.previousRelease ?? ""), ("autoscaling min", "2"),
            ("autoscaling max", "10"), ("autoscaling scale down threshold", "20%"),
            ("autoscaling scale up threshold", "80%"),
            ("autoscaling scale down rate", "-1/period"),
            ("autoscaling scale up rate", "10%/period"), ("autoscaling grace period", "600s"),
            ("ha", detail.highAvailability ? "ON" : "OFF"), ("workers/instance", "100"),
        ]
        var lines = Screen.pairs(rows, rulers: (16, 25), column: 34)
        if !environment.releases.isEmpty {
            var screen = Screen("name", "status", "loaded", "updated", "frontends")
            screen.alignsRight = [4]
            for release in environment.releases {
                screen.add(
                    release, loadStatus(release, environment),
                    text(detail.loaded[release] ?? environment.created), text(updated),
                    release == environment.active ? "2" : "0")
            }
            lines += ["", "Releases:"] + screen.lines
        }
        let zone = "\(name).\(fleet).f.nchr.io"
        let endpoints = [
            ("admin", "admin.\(zone)"), ("adminssh", "adminssh.\(zone)"),
            ("adminwildcard", "*.admin.\(zone)"), ("www", "www.\(zone)"),
            ("wwwwildcard", "*.www.\(zone)"),
        ]
        lines += ["", "Endpoints:"] + Screen.pairs(endpoints, rulers: (8, 33), column: 15)
        return lines.map { $0 + "\n" }.joined()
    }

    /// The question that `env destroy` asks before it acts.
    func prompt(of name: String) -> String {
        let environment = platform.environments[name]
        let rows = [
            ("name", name), ("status", status(name)),
            ("current release", environment?.active ?? ""),
            ("created", text(environment?.created ?? 0)),
            ("updated", text(details[name]?.updated ?? 0)),
        ]
        let lines =
            ["This will PERMANENTLY DESTROY environment \(name)!"]
            + ["Please review the details below:"]
            + Screen.pairs(rows, rulers: (15, 25), column: 17)
            + ["Enter the environment's name to destroy it, or anything else to", "abort"]
        return lines.map { $0 + "\n" }.joined()
    }

    /// What `database dump` prints: the customer writes, and the line that says that it is whole.
    func dump(of name: String) -> String {
        let writes = (platform.environments[name]?.contents ?? []).sorted()
        return "-- MySQL dump 10.13  Distrib 5.6.35\n--\n"
            + writes.map { "INSERT INTO `sales_order` VALUES (\($0));\n" }.joined()
            + "-- Dump completed on \(text(platform.now).prefix(19))\n"
    }

    /// The customer writes that a dump holds.
    static func writes(in dump: String) -> [Int] {
        dump.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("INSERT INTO"), let open = line.lastIndex(of: "(") else {
                return nil
            }
            return Int(line[line.index(after: open)...].prefix { $0.isNumber })
        }
    }

    private func status(_ name: String) -> String {
        var dice = SplitMix(seed: 0)
        guard case .environment(let shown)? = platform.see(.environment(name), &dice) else {
            return "UNKNOWN"
        }
        return shown.status ?? "UNKNOWN"
    }

    private func loadStatus(_ release: String, _ environment: Platform.Environment) -> String {
        if environment.activation?.release == release { return "ACTIVATING" }
        if environment.active == release { return "* ACTIVE *" }
        let isLast = environment.releases.last == release
        return isLast && environment.busyUntil > platform.now ? "LOADING" : "RUNNING"
    }

    private func text(_ second: Int) -> String {
        let time = Platform.time(second).short
        return time.replacing("T", with: " ").replacing("Z", with: "+00:00")
    }
}

/// A table as the platform prints it: a header, a ruler, rows; two spaces between columns.
struct Screen {
    private let headings: [String]
    private var rows: [[String]] = []
    /// The columns that keep to the right.
    var alignsRight: Set<Int> = []

    init(_ headings: String...) { self.headings = headings }

    mutating func add(_ cells: String...) { rows.append(cells) }

    var lines: [String] {
        let widths = headings.indices.map { column in
            max(headings[column].count + 2, rows.map { $0[column].count }.max() ?? 0)
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return alignsRight.contains(column) ? space + cell : cell + space
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        let ruler = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return [line(headings), ruler] + rows.map(line)
    }

    var text: String { lines.map { $0 + "\n" }.joined() }

    /// Keys and values between two rulers, the values from a column on.
    static func pairs(
        _ rows: [(key: String, value: String)], rulers: (Int, Int), column: Int
    ) -> [String] {
        func padded(_ key: String) -> String {
            key + String(repeating: " ", count: max(1, column - key.count))
        }
        let ruler =
            padded(String(repeating: "-", count: rulers.0))
            + String(repeating: "-", count: rulers.1)
        let lines = rows.map { key, value in value.isEmpty ? key : padded(key) + value }
        return [ruler] + lines + [ruler]
    }
}
