import Ledger
import Testing

@testable import Fleet

@Suite struct TranscriptTests {
    static let sample = """
        # at 2017-05-01T10:00:00Z
        # actor alice
        $ fleet env maintenance prod ON
        Maintenance Mode for Environment prod is now being turned ON
        # at 2017-05-01T10:01:30Z
        $ fleet snapshot create prod plan-migration
        Snapshot plan-migration is now being created
        # at 2017-05-01T10:09:00Z
        $ fleet env destroy prod
        # exit 255
        $ ledger-cli record dns www.bestpants.com --to prod2 --ttl 300
        $ date
        Mon May  1 10:09:01 UTC 2017

        """

    @Test func `every command becomes one event with its time, actor and outcome`() throws {
        let drafts = try read(Self.sample).drafts
        #expect(
            drafts.map(\.type.description) == [
                "env.maintenance.accepted", "snapshot.create.accepted", "env.destroy.unknown",
                "dns.switch.accepted", "note.added",
            ])
        #expect(
            drafts.map(\.time.short) == [
                "2017-05-01T10:00:00Z", "2017-05-01T10:01:30Z", "2017-05-01T10:09:00Z",
                "2017-05-01T10:09:00Z", "2017-05-01T10:09:00Z",
            ])
        #expect(drafts.allSatisfy { $0.actor == Actor(id: "alice") && $0.basis == .imported })
        #expect(Set(drafts.map(\.id)).count == 5)
        guard case .action(_, _, let report)? = drafts[1].payload else {
            Issue.record("no action")
            return
        }
        #expect(report.command == "fleet snapshot create prod plan-migration")
        #expect(report.remarks == ["positional-name"])
        #expect(report.exitStatus == 0)
        #expect(report.detail == "echo")
        #expect(drafts[1].text("output") == "Snapshot plan-migration is now being created\n")
        #expect(
            drafts[4].payload
                == .decision(
                    .noteAdded(Note(command: "date", outcome: .accepted, exitStatus: 0))))
    }

    @Test func `every line says what it was taken for`() throws {
        let reading = try read(Self.sample + "\n# -- end\n")
        #expect(reading.lines.map(\.number) == Array(1...15))
        #expect(
            reading.lines.map(\.description) == [
                "time 2017-05-01T10:00:00Z", "actor alice", "env.maintenance.accepted", "output",
                "time 2017-05-01T10:01:30Z", "snapshot.create.accepted", "output",
                "time 2017-05-01T10:09:00Z", "env.destroy.unknown", "exit 255",
                "dns.switch.accepted", "note.added", "output", "blank", "comment",
            ])
    }

    @Test func `the directives do what they say`() throws {
        let drafts = try read(
            """
            # platform fleet
            # at 2017-05-01T12:00:00+02:00
            $ fleet env list
            # +90s
            # +5m
            # +2h
            $ fleet env deactivate prod
            no
            # exit 1
            $ fleet env deactivate prod
            # timeout
            # actor Bob Builder
            $ fleet config sql list
            # no output
            $ fleet config sql list
            $ false
            # exit 1

            """
        ).drafts
        #expect(drafts[1].time.short == "2017-05-01T12:06:30Z")
        #expect(
            drafts.map(\.type.description) == [
                "observed.environments", "env.deactivate.refused", "env.deactivate.unknown",
                "observed.sql-scripts", "observed.sql-scripts", "note.added",
            ])
        #expect(
            drafts.map(\.actor.id) == [
                "caller", "caller", "caller", "Bob Builder", "Bob Builder", "Bob Builder",
            ])
        #expect(drafts[3].data["complete"] == true)
        #expect(drafts[4].data["complete"] == false)
        #expect(drafts[5].data["outcome"] == "refused")
        #expect(drafts[2].data["exit"] == nil)
    }

    @Test func `an escaped line is output`() throws {
        let drafts = try read(
            clock + "$ cat notes\n\\# at noon\n\\$ fleet env destroy prod\n\\\\# x\n\\n\n"
        ).drafts
        #expect(drafts.count == 1)
        #expect(
            drafts[0].text("output") == "# at noon\n$ fleet env destroy prod\n\\# x\n\\n\n")
    }

    @Test func `line ends, a byte order mark and blank lines change no event`() throws {
        let plain = try read(Self.sample).drafts
        #expect(try read(Self.sample.replacing("\n", with: "\r\n")).drafts == plain)
        #expect(try read("\u{FEFF}" + Self.sample).drafts == plain)
        #expect(try read(Self.sample.replacing("\n$ ", with: "\n\n\n$ ")).drafts == plain)
        #expect(try read(Self.sample + "\n\n").drafts == plain)
    }

    @Test func `comments change nothing, wherever they stand`() throws {
        let plain = try read(Self.sample).drafts
        let lines = Self.sample.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var lines = lines
            lines.insert("# -- a remark \(index)", at: index)
            #expect(try read(lines.joined(separator: "\n")).drafts == plain, "\(index)")
        }
    }

    @Test func `ids depend on source, time, actor, command, output and nothing else`() throws {
        let plain = try read(Self.sample).drafts
        #expect(plain.allSatisfy { $0.id.description.dropFirst(14).first == "7" })
        #expect(plain[0].id.high >> 16 == UInt64(plain[0].time.milliseconds))
        func ids(_ text: String, source: String = "test") throws -> [EventID] {
            try read(text, source: source).drafts.map(\.id)
        }
        let same = plain.map(\.id)
        #expect(try ids(Self.sample) == same)
        #expect(zip(try ids(Self.sample, source: "other"), same).allSatisfy { $0 != $1 })
        #expect(
            zip(try ids(Self.sample.replacing("alice", with: "bob")), same).allSatisfy { $0 != $1 })
        let output = try ids(Self.sample.replacing("prod is now being turned", with: "x"))
        #expect(output[0] != same[0])
        #expect(output.dropFirst() == same.dropFirst())
        let fewer = try ids(
            Self.sample.replacing("$ fleet env destroy prod\n# exit 255\n", with: ""))
        #expect(fewer == [same[0], same[1], same[3], same[4]])
    }

    @Test func `commands that are the same differ by their occurrence`() throws {
        let text = clock + String(repeating: "$ fleet env list\n", count: 5)
        let ids = try read(text).drafts.map(\.id)
        #expect(Set(ids).count == 5)
        let longer = try read(text + "$ fleet env list\n").drafts.map(\.id)
        #expect(Array(longer.prefix(5)) == ids)
    }

    @Test func `what a ledger command printed is not part of its id`() throws {
        let command = clock + "$ ledger-cli record decision go\n"
        #expect(try read(command).drafts == read(command + "recorded 12\n").drafts)
    }

    @Test func `a ledger command that failed is a note`() throws {
        let draft = try read(clock + "$ ledger-cli nonsense\nError: no\n# exit 64\n").drafts[0]
        #expect(
            draft.payload
                == .decision(
                    .noteAdded(
                        Note(command: "ledger-cli nonsense", outcome: .refused, exitStatus: 64))))
    }

    @Test func `names in other scripts pass through`() throws {
        let draft = try read(
            clock + "# actor Zoë\n$ fleet env create größe\n"
                + "Environment größe is now being created\n"
        ).drafts[0]
        #expect(draft.type.description == "env.create.accepted")
        #expect(draft.subject == "environment/größe")
        #expect(draft.actor.id == "Zoë")
    }

    @Test func `secrets reach neither command nor output`() throws {
        let pattern = try RedactionPattern("card=[0-9]+")
        let text =
            clock + "$ mysql -pS3cret -e 'select 1'\ncard=4111 mysql://u:S3cret@h\n"
            + "$ fleet env newrelic prod --newrelic-licence S3cret\n"
            + "Set NewRelic licence for 'prod' to 'S3cret'.\n"
            + "$ fleet release create --url https://u:S3cret@h/x.tgz master\n"
            + "$ ledger-cli record note 'card=4111 -pS3cret'\n"
        let drafts = try read(text, patterns: [pattern]).drafts
        #expect(drafts.count == 4)
        for draft in drafts {
            let data = try CanonicalJSON.encode(draft.data)
            #expect(!String(decoding: data, as: UTF8.self).contains("S3cret"))
            for content in draft.attachments.values {
                let text = String(decoding: content.bytes, as: UTF8.self)
                #expect(!text.contains("S3cret") && !text.contains("4111"))
            }
        }
        // A new pattern gives the same ids, so that importing again adds nothing.
        #expect(try read(text).drafts.map(\.id) == drafts.map(\.id))
    }

    @Test func `a dump is never kept`() throws {
        let drafts = try read(
            clock + "$ fleet database dump prod\nINSERT INTO customers …\n"
                + "$ fleet database dump prod > d.sql\nWarning: x\n"
        ).drafts
        #expect(drafts.allSatisfy { $0.attachments.isEmpty })
        #expect(
            drafts.map(\.type.description) == ["database.dump.accepted", "database.dump.accepted"])
    }

    @Test func `long output keeps its ends`() throws {
        let output = String(repeating: "zeile ü\n", count: 40_000)
        let draft = try read(clock + "$ make\n" + output).drafts[0]
        let kept = try #require(draft.text("output"))
        #expect(kept.utf8.count < 2 * Excerpt.bound + 64)
        #expect(kept.hasPrefix("zeile ü\n") && kept.hasSuffix("zeile ü\n"))
        #expect(kept.contains("bytes left out"))
        #expect(!kept.contains("\u{FFFD}"))
        let long = try read(clock + "$ echo " + String(repeating: "ü", count: 40_000) + "\n")
        #expect(long.drafts[0].data["command"]?.string?.utf8.count ?? 0 < 5000)
    }

    @Test func `an unterminated last line of a listing is not complete`() throws {
        let list = "$ fleet env list\n" + Sample.shortEnvironments
        #expect(try read(clock + list).drafts[0].data["complete"] == true)
        #expect(try read(clock + String(list.dropLast(2))).drafts[0].data["complete"] == false)
    }
}
