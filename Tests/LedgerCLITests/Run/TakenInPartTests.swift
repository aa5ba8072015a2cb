import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A dump or a load that only a part of went through proves nothing.
@Suite struct TakenInPartTests {
    @Test func `a dump that the disk does not take is not accepted, and run fails`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory, "\"database dump \"*) printf -- 'data\\n-- Dump completed\\n' ;;")
        let session = try Session(
            [
                "/bin/sh", "-c",
                "\(Session.binary) run -- \(platform.path) database dump prod > /dev/full",
            ],
            in: prompt.directory)
        session.endInput()
        #expect(try session.wait() == 125)
        let complaint = String(decoding: session.complained, as: UTF8.self)
        #expect(complaint.contains("its output is lost in part"))
        #expect(
            try await prompt.types() == ["database.dump.started", "database.dump.unknown"])
        #expect(try await prompt.event(3)["data"]?.object?["detail"] == "output")
    }

    @Test func `any other command whose output is not taken is recorded, and run fails`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let session = try Session(
            ["/bin/sh", "-c", "\(Session.binary) run -- echo hello > /dev/full"],
            in: prompt.directory)
        session.endInput()
        #expect(try session.wait() == 125)
        #expect(try await prompt.types() == ["note.added"])
    }

    @Test func `a load of which the platform takes a part is not accepted`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory, "\"database connect \"*) head -c 10 > /dev/null ;;")
        try prompt.write([UInt8](repeating: 0x2D, count: 600_000), to: "d.sql")
        let result = await prompt.run(
            "run", "--input", "d.sql", "--", platform.path, "database", "connect", "prod2")
        #expect(result.status == 0)
        #expect(
            try await prompt.types() == ["database.load.started", "database.load.unknown"])
        #expect(try await prompt.event(3)["data"]?.object?["detail"] == "input")
    }

    @Test func `a disk that fails loses what a closed pipe or terminal does not`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write([], to: "file")
        let file = open(prompt.path("file"), O_WRONLY)
        let other = open("/dev/null", O_WRONLY)
        defer {
            close(file)
            close(other)
        }
        #expect(OperatingSystem.loss(EIO, at: file) == EIO)
        #expect(OperatingSystem.loss(ENOSPC, at: file) == ENOSPC)
        #expect(OperatingSystem.loss(EIO, at: other) == nil)
        #expect(OperatingSystem.loss(EPIPE, at: other) == nil)
    }
}
