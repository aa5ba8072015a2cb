import CTerminal
import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// What passes through `run` is what would have passed without it.
@Suite struct PassThroughTests {
    @Test func `both streams are the same with and without the ledger, byte for byte`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        var bytes: [UInt8] = []
        for index in 0..<200_003 { bytes.append(UInt8(truncatingIfNeeded: index &* index / 7)) }
        try prompt.write(bytes, to: "one")
        try prompt.write(Array(bytes.reversed()), to: "two")
        let script = "cat; cat two >&2; cat one; exit 9"
        let fed: [UInt8] = [0, 255, 10, 13, 0]
        let plain = try Session(["/bin/sh", "-c", script], in: prompt.directory)
        plain.type(fed)
        plain.endInput()
        try plain.wait()
        let recorded = try Session.run(
            "run", "--", "sh", "-c", script, in: prompt.directory, input: fed)
        #expect(plain.printed == fed + bytes)
        #expect(recorded.printed == plain.printed)
        #expect(recorded.complained == plain.complained)
        #expect(recorded.status == 9)
        #expect(plain.status == 9)
        let capture = try await prompt.run("show", "2", "--format", "json").json
        #expect(capture["event"]?.object?["data"]?.object?["capture"] != nil)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1])
    func `a signal reaches the command, whose answer is the status`(_ signal: Int32) async throws {
        let prompt = try await Prompt.withLedger()
        let script = """
            trap 'echo caught; exit 7' INT TERM HUP QUIT USR1
            echo ready
            while :; do sleep 0.02; done
            """
        let session = try Session(
            [Session.binary, "run", "--", "sh", "-c", script], in: prompt.directory)
        try session.read(until: "ready")
        kill(session.process, signal)
        #expect(try session.wait() == 7)
        #expect(session.text == "ready\ncaught\n")
        #expect(try await prompt.event(2)["data"]?.object?["exit"] == 7)
    }

    @Test func `who stops reading stops the command`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            ["/bin/sh", "-c", "\(Session.binary) run -- yes | head -n 2; echo over"],
            in: prompt.directory)
        session.endInput()
        #expect(try session.wait() == 0)
        #expect(session.text == "y\ny\nover\n")
        #expect(try await prompt.event(2)["data"]?.object?["exit"] == .integer(128 + 13))
    }

    @Test func `who reads slowly slows the command down`() async throws {
        let prompt = try await Prompt.withLedger()
        let script = "head -c 4000000 /dev/zero; echo written > written"
        let session = try Session(
            [Session.binary, "run", "--", "sh", "-c", script], in: prompt.directory)
        session.endInput()
        // Nobody reads yet: once the ledger has taken what it holds, the command must wait.
        var file = pollfd(fd: -1, events: 0, revents: 0)
        _ = poll(&file, 1, 500)
        #expect(!FileManager.default.fileExists(atPath: prompt.path("written")))
        #expect(try session.wait() == 0)
        #expect(session.printed.count == 4_000_000)
        #expect(FileManager.default.fileExists(atPath: prompt.path("written")))
    }

    /// `LEDGER_OUTPUT_MIB=1024` is the promise; a smaller one keeps the suite quick.
    @Test func `the ledger's memory does not grow with the output`() async throws {
        let prompt = try await Prompt.withLedger()
        let wanted = ProcessInfo.processInfo.environment["LEDGER_OUTPUT_MIB"].flatMap { Int($0) }
        func peak(_ megabytes: Int) throws -> Int {
            let script = """
                head -c \(megabytes << 20) /dev/zero
                grep VmHWM /proc/$PPID/status >&2
                """
            let session = try Session(
                [
                    "/bin/sh", "-c",
                    "\(Session.binary) run -- sh -c '\(script)' > /dev/null",
                ], in: prompt.directory)
            session.endInput()
            try #require(try session.wait(seconds: 600) == 0)
            let text = String(decoding: session.complained, as: UTF8.self)
            return try #require(text.split(separator: " ").compactMap { Int($0) }.first, "\(text)")
        }
        let small = try peak(1)
        let large = try peak(wanted ?? 24)
        print("peak memory: \(small) kB for 1 MiB, \(large) kB for \(wanted ?? 24) MiB")
        #expect(large < small + 16_384, "\(small) kB and \(large) kB")
    }
}

/// Streams that whoever starts the ledger has closed.
@Suite struct ClosedStreamTests {
    @Test(arguments: [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
    func `a stream that is closed leads nowhere, and never into a file`(_ closed: String)
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        for words in [
            "run -- \(platform.path) env cache flush prod",
            "run --output prod.sql -- \(platform.path) database dump prod", "status",
        ] {
            let session = try Session(
                ["/bin/sh", "-c", "\(Session.binary) \(words) \(closed)"],
                in: prompt.directory)
            session.endInput()
            #expect(try session.wait() == 0, "\(words)")
        }
        #expect(
            try await prompt.types() == [
                "env.cache-flush.started", "env.cache-flush.accepted", "database.dump.started",
                "database.dump.accepted", "observed.file",
            ])
        let dump = try String(contentsOfFile: prompt.path("prod.sql"), encoding: .utf8)
        #expect(dump == "-- data\n-- Dump completed on 2017-05-03\n")
        #expect(await prompt.run("verify").status == 0)
    }
}

/// A terminal stays a terminal.
@Suite struct RunTerminalTests {
    private func session(_ prompt: Prompt, _ script: String) throws -> Session {
        try Session(
            [Session.binary, "run", "--", "sh", "-c", script], in: prompt.directory,
            onTerminal: true)
    }

    @Test func `the command sees a terminal of the same size and may ask`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            [
                "/bin/sh", "-c",
                """
                stty rows 33 cols 101; stty -a > before
                \(Session.binary) run -- sh -c '
                    test -t 0 && test -t 1 && test -t 2 && echo terminals; stty size
                    printf "name? "; read name; echo "hello $name"; exit 5'
                echo status $?
                stty -a > after
                """,
            ], in: prompt.directory, onTerminal: true)
        try session.read(until: "name? ")
        session.type("bob\n")
        try session.read(until: "status")
        try session.wait()
        #expect(session.text.contains("terminals\r\n33 101\r\n"))
        #expect(session.text.contains("name? bob\r\nhello bob\r\nstatus 5\r\n"), "\(session.text)")
        let before = try String(contentsOfFile: prompt.path("before"), encoding: .utf8)
        let after = try String(contentsOfFile: prompt.path("after"), encoding: .utf8)
        #expect(before == after)
        let show = await prompt.run("show", "2")
        #expect(show.output.contains("hello bob"), "\(show.output)")
    }

    @Test(arguments: [("prod", 0, "accepted"), ("prod2", 1, "refused"), ("", 1, "refused")])
    func `the platform's question is asked and answered at the terminal`(
        _ typed: String, _ status: Int32, _ outcome: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory,
            """
            "env destroy prod")
                printf "Please enter the environment's name to continue or anything else to abort: "
                read answer
                [ "$answer" = "$3" ] || { echo Aborted; exit 1; }
                echo "Environment $3 is now being destroyed" ;;
            """)
        let session = try Session(
            [
                Session.binary, "run", "--override", "rehearsal", "--", platform.path, "env",
                "destroy", "prod",
            ], in: prompt.directory, onTerminal: true)
        try session.read(until: "abort: ")
        session.type(typed + "\n")
        #expect(try session.wait() == status)
        #expect(try await prompt.types() == ["env.destroy.started", "env.destroy.\(outcome)"])
    }

    @Test func `a database's prompt at a terminal is a shell, which may have written`() async throws
    {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory, "\"database connect \"*) echo ready; read line; echo bye ;;")
        let session = try Session(
            [Session.binary, "run", "--", platform.path, "database", "connect", "prod"],
            in: prompt.directory, onTerminal: true)
        try session.read(until: "ready")
        session.type("exit\n")
        #expect(try session.wait() == 0)
        #expect(
            try await prompt.types() == ["database.shell.started", "database.shell.accepted"])
    }

    @Test func `without a terminal as input the command gets none, and still asks on its output`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            [
                "/bin/sh", "-c",
                "echo fed | \(Session.binary) run -- sh -c 'test -t 0 || echo plain; test -t 1 && echo shown; read x; echo $x'",
            ], in: prompt.directory, onTerminal: true)
        try session.wait()
        #expect(session.text == "plain\r\nshown\r\nfed\r\n")
    }

    @Test func `the keys that end a command end the command`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try session(
            prompt, "trap 'echo caught; exit 3' INT; echo ready; sleep 60 & wait")
        try session.read(until: "ready")
        session.type([3])
        #expect(try session.wait() == 3)
        #expect(session.text.contains("caught"))
    }

    @Test func `a terminal that changes its size says so to the command`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try session(
            prompt, "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.02; done")
        try session.read(until: "ready")
        var size = winsize(ws_row: 12, ws_col: 34, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(session.master, UInt(TIOCSWINSZ), &size) == 0)
        #expect(try session.wait() == 0)
        #expect(session.text.contains("12 34"))
    }

    @Test func `the stop key stops command and ledger, and both go on together`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            [
                "/bin/bash", "-c",
                """
                set -m
                \(Session.binary) run -- sh -c 'echo ready; read line; echo "got $line"'
                echo "stopped $?"; stty -a | grep -o "[-]*icanon"
                fg > /dev/null; echo "ended $?"
                """,
            ], in: prompt.directory, onTerminal: true)
        try session.read(until: "ready")
        session.type([26])
        try session.read(until: "icanon")
        #expect(session.text.contains("stopped 148"), "\(session.text)")
        #expect(!session.text.contains("-icanon"))
        session.type("more\n")
        try session.read(until: "ended 0")
        #expect(session.text.contains("got more"), "\(session.text)")
    }

    @Test func `a terminal that is gone ends the command, and the ledger knows`() async throws {
        let prompt = try await Prompt.withLedger()
        var session: Session? = try session(
            prompt, "echo ready; while :; do sleep 0.02; echo x; done")
        try session?.read(until: "ready")
        let process = try #require(session?.process)
        kill(process, SIGHUP)
        #expect(try session?.wait() == 129)
        session = nil
        #expect(try await prompt.event(2)["data"]?.object?["exit"] == 129)
    }

    @Test func `errors that go elsewhere stay apart from the terminal`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            [
                "/bin/sh", "-c",
                "\(Session.binary) run -- sh -c 'test -t 1 && echo out; test -t 2 || echo err >&2' 2> errors",
            ], in: prompt.directory, onTerminal: true)
        try session.wait()
        #expect(session.text == "out\r\n")
        #expect(try String(contentsOfFile: prompt.path("errors"), encoding: .utf8) == "err\n")
    }

    @Test func `a command that closes its streams keeps its terminal`() async throws {
        let prompt = try await Prompt.withLedger()
        let session = try session(
            prompt, "echo ready; exec < /dev/null > /dev/null 2>&1; sleep 0.3; exit 6")
        #expect(try session.wait() == 6)
    }
}
