import Fleet
import Ledger

/// Prints observations as the platform's commands show them.
enum ListingWriter {
    static func lines(_ observation: Observation) -> [String] {
        switch observation {
        case .environment(let shown):
            return shown.isComplete ? description(shown) : facts(shown)
        case .environments(let listing):
            return command(.envList)
                + table(
                    ["name", "status", "created"],
                    listing.rows.map { [$0.environment, $0.status, time($0.created)] })
                + end(listing.isComplete)
        case .snapshots(let kind, let listing):
            return command(.snapshotList(kind == .nfs ? .nfs : nil))
                + table(
                    ["name", "environment", "status", "size", "type", "created"],
                    listing.rows.map {
                        [
                            $0.snapshot, $0.environment, $0.status, $0.size ?? "", $0.type ?? "",
                            time($0.created),
                        ]
                    }) + end(listing.isComplete)
        case .releases(let listing):
            return command(.releaseList)
                + table(
                    ["name", "status", "modified"],
                    listing.rows.map { [$0.release, $0.status, time($0.modified)] })
                + end(listing.isComplete)
        case .defaultEnvironment(let name):
            return command(.defaultEnvironment)
                + (name.map { ["Default environment is '\($0)'"] } ?? ["# exit 255"])
        case .sqlScripts(let listing):
            return command(.sqlScripts)
                + (listing.rows.isEmpty ? ["# no output"] : listing.rows)
                + end(listing.isComplete)
        case .dns(let answer): return ["$ " + Shell.quote(words(answer))]
        case .file(let file):
            let state = file.hasTrailer == false ? "has no trailer" : "is whole"
            return ["# -- record file \(file.path) --role dump: it \(state)"]
        }
    }

    private static func command(_ read: ReadCommand) -> [String] {
        ["$ " + Shell.quote(Grammar.render(read))]
    }

    private static func end(_ isComplete: Bool) -> [String] { isComplete ? [] : ["# exit 255"] }

    private static func time(_ time: Timestamp?) -> String {
        time.map { $0.short.replacing("T", with: " ").replacing("Z", with: "+00:00") } ?? ""
    }

    private static func table(_ names: [String], _ rows: [[String]]) -> [String] {
        let widths = names.indices.map { column in
            ([names[column].count] + rows.map { $0[column].count }).max() ?? 2
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
        }
        return [line(names), line(widths.map { String(repeating: "-", count: $0) })]
            + rows.map(line)
    }

    private static func description(_ shown: EnvironmentDescription) -> [String] {
        let ruler = String(repeating: "-", count: 20) + "  " + String(repeating: "-", count: 25)
        let pairs: [(String, String?)] = [
            ("name", shown.environment), ("status", shown.status),
            ("created", shown.created.map(time)), ("size", shown.size),
            ("solr", shown.solr?.rawValue), ("maintenance mode", shown.maintenance?.rawValue),
            ("ha", shown.highAvailability?.rawValue),
        ]
        let rows = pairs.compactMap { key, value in
            value.map { key + String(repeating: " ", count: 22 - key.count) + $0 }
        }
        var lines = command(.envDescribe(shown.environment)) + [ruler] + rows + [ruler]
        if let releases = shown.releases {
            lines += ["", "Releases:"]
            lines += table(
                ["name", "status"],
                releases.map { [$0.release, $0.status == "ACTIVE" ? "* ACTIVE *" : $0.status] })
        }
        let short = String(repeating: "-", count: 5) + "  " + String(repeating: "-", count: 30)
        return lines
            + [
                "", "Endpoints:", short, "www    www.\(shown.environment).shop.f.nchr.io", short,
            ]
    }

    private static func facts(_ shown: EnvironmentDescription) -> [String] {
        var words = ["ledger-cli", "record", "observation", "environment", shown.environment]
        let facts: [(String, Switch?)] = [
            ("nfs", shown.nfs), ("protected", shown.protected), ("solr", shown.solr),
            ("maintenance", shown.maintenance),
        ]
        for (name, state) in facts {
            if let state { words += ["--\(name)", state.rawValue.lowercased()] }
        }
        return ["$ " + Shell.quote(words)]
    }

    private static func words(_ answer: DNSAnswer) -> [String] {
        var words = ["ledger-cli", "record", "observation", "dns", answer.host]
        if answer.isFailed { return words + ["--failed"] }
        if let target = answer.target { words += ["--target", target] }
        if let ttl = answer.ttl { words += ["--ttl", String(ttl)] }
        return words + (answer.isCached ? ["--cached"] : [])
    }
}
