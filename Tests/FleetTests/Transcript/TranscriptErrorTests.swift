import Ledger
import Testing

@testable import Fleet

@Suite struct TranscriptErrorTests {
    struct Mistake: Sendable {
        let text: String
        let place: String
        let expected: String

        init(_ text: String, _ place: String, _ expected: String) {
            self.text = text
            self.place = place
            self.expected = expected
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("", "t:", "nothing to import"),
        Mistake("\n\n", "t:", "nothing to import"),
        Mistake(clock + "# -- only a comment\n", "t:", "nothing to import"),
        Mistake("$ fleet env list\n", "t:1:1", "\"# at 2017"),
        Mistake("# +5m\n$ fleet env list\n", "t:1:3", "\"# at 2017"),
        Mistake("# at noon\n", "t:1:6", "a time such as"),
        Mistake("# at\n", "t:1:5", "a time such as"),
        Mistake("# at 2017-02-30T10:00:00Z\n", "t:1:6", "a time such as"),
        Mistake(clock + "# at 2017-05-01T09:59:59Z\n", "t:2:6", "time goes back"),
        Mistake(clock + "# +5d\n", "t:2:3", "a span"),
        Mistake(clock + "# +\n", "t:2:3", "a span"),
        Mistake(clock + "# +-5m\n", "t:2:3", "a span"),
        Mistake(clock + "# +99999999999h\n", "t:2:3", "a span"),
        Mistake(clock + "# +999999999h\n", "t:2:3", "9999"),
        Mistake(clock + "# wait 5m\n", "t:2:3", "at TIME"),
        Mistake(clock + "# \n", "t:2:3", "at TIME"),
        Mistake(clock + "# actor\n", "t:2:8", "a name"),
        Mistake(clock + "# platform heroku\n", "t:2:12", "fleet"),
        Mistake(clock + "# exit 1\n", "t:2:8", "a command above"),
        Mistake(clock + "# timeout\n", "t:2:10", "a command above"),
        Mistake(clock + "# no output\n", "t:2:6", "a command above"),
        Mistake(clock + "$ date\n# exit 256\n", "t:3:8", "0 to 255"),
        Mistake(clock + "$ date\n# exit -1\n", "t:3:8", "0 to 255"),
        Mistake(clock + "$ date\n# exit\n", "t:3:7", "0 to 255"),
        Mistake(clock + "$ date\n# exit 1\n# exit 2\n", "t:4:8", "one exit status"),
        Mistake(clock + "$ date\nx\n# no output\n", "t:4:6", "no output above"),
        Mistake(clock + "$ date\n# no output\nx\n", "t:4:1", "come after all output"),
        Mistake(clock + "Environment x\n", "t:2:1", "$ COMMAND"),
        Mistake(clock + "$ date\n# exit 1\nx\n", "t:4:1", "come after all output"),
        Mistake(clock + "$ \n", "t:2:3", "a command"),
        Mistake(clock + "$ fleet env destry prod\n", "t:2:13", "one of create destroy"),
        Mistake(clock + "$ fleet env destroy\n", "t:2:21", "an environment"),
        Mistake(clock + "$   fleet env maintenance \"prod\" MAYBE\n", "t:2:34", "ON or OFF"),
        Mistake(clock + "$ fleet env list | grep prod\n", "t:2:18", "pipe"),
        Mistake(clock + "$ fleet env list > x\n", "t:2:18", "> FILE"),
        Mistake(clock + "$ fleet env destroy 'prod\n", "t:2:21", "not closed"),
        Mistake(clock + "$ sudo fleet env destroy prod\n", "t:2:8", "write the command alone"),
        Mistake(clock + "$ ssh host fleet env destroy x\n", "t:2:12", "write the command alone"),
        Mistake(
            clock + "$ ssh -t deploy@aux.x.f.nchr.io -- env destroy prod\n", "t:2:10",
            "write the command alone"),
        Mistake(clock + "$ cd /tmp && fleet env destroy x\n", "t:2:14", "write the command alone"),
        Mistake(clock + "$ cat d.sql | fleet database connect d\n", "t:2:15", "write the command"),
        Mistake(clock + "$ A=b fleet env destroy prod\n", "t:2:7", "write the command alone"),
        Mistake(clock + "$ echo $(fleet env destroy x)\n", "t:2:10", "write the command alone"),
        Mistake(clock + "$ echo `fleet env destroy x`\n", "t:2:8", "write the command alone"),
        Mistake(clock + "$ echo \"$(fleet env list)\"\n", "t:2:8", "write the command alone"),
        Mistake(clock + "$ bash -c 'fleet env destroy x'\n", "t:2:11", "write the command alone"),
        Mistake(clock + "$ time ledger-cli record x\n", "t:2:8", "write the command alone"),
        Mistake(clock + "$ ledger-cli nonsense\n", "t:2:3", "unknown subcommand \"nonsense\""),
    ]

    @Test(arguments: mistakes)
    func `a mistake stops the import with its place and what was expected`(_ mistake: Mistake) {
        let error = #expect(throws: TranscriptError.self) { _ = try read(mistake.text) }
        let text = error?.description ?? ""
        #expect(text.hasPrefix(mistake.place), "\(text)")
        #expect(text.contains(mistake.expected), "\(text)")
    }

    @Test func `bytes that are no UTF-8 are named with their column`() {
        for (bytes, column) in [
            ([0xFF], 1), ([0x61, 0xC3, 0xBC, 0x80, 0x62], 3), ([0x61, 0xE2, 0x82], 2),
        ]
            as [([UInt8], Int)]
        {
            let error = #expect(throws: TranscriptError.self) {
                _ = try Transcript.read(
                    Array(clock.utf8) + bytes + [0x0A], file: "t", source: "s",
                    ledgerCommand: ledgerReader)
            }
            #expect(
                error == .notUTF8(TranscriptPlace(file: "t", line: 2, column: column)),
                "\(bytes)")
        }
    }

    @Test(arguments: [
        "grep fleet notes.txt | wc -l", "echo 'it works'", "echo it's", "git commit -m x && ls",
        "sudo systemctl stop cron", "ssh host uptime", "vim", "FOO=1 make", "cat a > b", "#1",
    ])
    func `other commands are notes`(_ command: String) throws {
        let drafts = try read(clock + "$ \(command)\nanything\n").drafts
        #expect(drafts.map(\.type.description) == ["note.added"])
        #expect(drafts[0].data["command"] == .string(command))
    }

    @Test func `no bytes make the reader crash`() {
        var random = SeededGenerator(43)
        let lines = [
            "# at 2017-05-01T10:00:00Z", "# +5m", "# actor x", "# exit 1", "# timeout", "# -- x",
            "# no output", "# platform fleet", "$ fleet env list", "$ fleet env destroy prod",
            "$ date", "x", "", "\\# x", "$ ", "$", "#", "# ", "$ ledger-cli record decision go",
            "\r", "$ fleet 'x", "\u{0}", "Environment prod is now being destroyed",
        ]
        var imported = 0
        for _ in 0..<4000 {
            var bytes: [UInt8] = []
            if random.flip() { bytes += clock.utf8 }
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                bytes += random.pick(lines).utf8
                if Int.random(in: 0..<40, using: &random) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
                bytes.append(0x0A)
            }
            let reading = try? Transcript.read(
                bytes, file: "t", source: "s", ledgerCommand: ledgerReader)
            if let reading, !reading.drafts.isEmpty { imported += 1 }
        }
        #expect(imported > 0)
    }
}
