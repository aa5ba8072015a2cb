import Ledger

/// Events as a busy team would record them: the same number always gives the same event.
///
/// They spread over up to a thousand resources, forty migrations and seven people.
enum Sample {
    static let origin = "ledger.bestpants.example/fleet"
    static let start = Timestamp(milliseconds: 1_493_632_800_000)
    /// When all of them are recorded that are not told as they happen: after the last one.
    static let recorded = time(10_000_000)
    static let actors = ["alice", "bob", "carol", "dave", "erin", "frank", "deploy-bot"]

    /// The first event of a ledger.
    static var created: EventDraft {
        EventDraft(
            id: id(-1), payload: .decision(.ledgerCreated(origin: origin)), time: start,
            actor: Actor(id: "alice"), basis: .reported)
    }

    /// An id that is the number's own and, like a UUIDv7, begins with its time.
    static func id(_ number: Int) -> EventID {
        var state = UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15
        var entropy: [UInt8] = []
        for _ in 0..<10 {
            state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            entropy.append(UInt8(truncatingIfNeeded: state >> 32))
        }
        return EventID(time: time(number), entropy: entropy)
    }

    static func time(_ number: Int) -> Timestamp { start + .seconds(max(0, number) * 30) }

    static func environment(_ number: Int) -> String {
        let index = number * 7 % 330
        return "shop-" + String(repeating: "0", count: index < 10 ? 2 : index < 100 ? 1 : 0)
            + "\(index)"
    }

    /// The event of a number.
    static func draft(_ number: Int) -> EventDraft {
        let environment = environment(number)
        let (command, action): (String, Action) =
            switch number % 4 {
            case 0:
                (
                    "fleet env maintenance \(environment) ON",
                    .envMaintenance(environment: environment, state: .on)
                )
            case 1:
                (
                    "fleet env protected \(environment) OFF",
                    .envProtected(environment: environment, state: .off)
                )
            case 2:
                ("fleet env deactivate \(environment)", .envDeactivate(environment: environment))
            default:
                (
                    "fleet env maintenance \(environment) OFF",
                    .envMaintenance(environment: environment, state: .off)
                )
            }
        return EventDraft(
            id: id(number),
            payload: .action(
                action, .accepted,
                ActionReport(command: command, exitStatus: 0, detail: "echo")),
            time: time(number), actor: Actor(id: actors[number % actors.count]), basis: .imported,
            migration: number % 3 == 0 ? "move-\(number / 1000 % 40)" : nil)
    }

    /// The part of a transcript that an event came from.
    static func transcript(_ number: Int) -> String {
        let environment = environment(number)
        let (command, echo) =
            switch number % 4 {
            case 0:
                (
                    "env maintenance \(environment) ON",
                    "Maintenance Mode for Environment \(environment) is now being turned ON"
                )
            case 1:
                (
                    "snapshot create \(environment) nightly-\(environment)",
                    "Snapshot nightly-\(environment) is now being created"
                )
            case 2:
                (
                    "env cache flush \(environment)",
                    ""
                )
            default:
                (
                    "env maintenance \(environment) OFF",
                    "Maintenance Mode for Environment \(environment) is now being turned OFF"
                )
            }
        return """
            # actor \(actors[number % actors.count])
            $ fleet \(command)
            \(echo.isEmpty ? "" : echo + "\n")# +30s

            """
    }
}
