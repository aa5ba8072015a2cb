import Foundation
import Testing

@testable import Ledger

/// What a verifier that shares no code with this program says of the exports.
@Suite(.enabled("python3 with the package cryptography is not here") { OtherVerifier.isHere })
struct OtherVerifierTests {
    @Test(arguments: [1, 2, 3, 255, 256, 257, 700])
    func `it verifies tile logs and bundles of any size`(size: Int) throws {
        let fixture = try ExportFixture(events: size)
        try fixture.exportTiles()
        try fixture.append(2)
        try fixture.exportBundle(hasReceipts: size < 300)
        for name in ["tiles", "bundle"] {
            let (status, text) = try OtherVerifier.run(
                fixture.folder.file(name), "--key", fixture.key.verifier.text)
            #expect(status == 0, "\(name): \(text)")
            #expect(text.contains(try fixture.store.root(size: size).base64))
        }
    }

    @Test func `it refuses what was changed, and the key of another`() throws {
        let fixture = try ExportFixture(events: 5)
        try fixture.exportBundle()
        let key = fixture.key.verifier.text
        let stranger = try TrustFixture.signer(Drafts.origin, seed: 2).verifier.text
        #expect(try OtherVerifier.run(fixture.folder.file("bundle"), "--key", stranger).status == 3)
        for name in [
            "checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5", "attachments.jsonl",
            "receipts/003.tlog-proof", "receipts/003.json",
        ] {
            let whole = try fixture.bytes("bundle/" + name)
            for offset in [0, whole.count / 2, whole.count - 2] {
                var bytes = whole
                bytes[offset] ^= 0x01
                try fixture.write(bytes, to: "bundle/" + name)
                let (status, text) = try OtherVerifier.run(
                    fixture.folder.file("bundle"), "--key", key)
                #expect(status == 3, "\(name), byte \(offset): \(text)")
            }
            try fixture.write(whole, to: "bundle/" + name)
        }
    }

    @Test func `it sees a log that does not continue an earlier checkpoint`() throws {
        let fixture = try ExportFixture(events: 4)
        try fixture.exportTiles()
        try fixture.grow(to: 9)
        try fixture.exportTiles("later")
        let other = try ExportFixture(events: 9)
        try other.exportTiles()
        let key = ["--key", fixture.key.verifier.text]
        let against = ["--against", fixture.folder.file("tiles/checkpoint")]
        #expect(
            try OtherVerifier.run([fixture.folder.file("later")] + key + against).status == 0)
        #expect(try OtherVerifier.run([other.folder.file("tiles")] + key + against).status == 3)
    }
}

/// `scripts/verify-bundle.py`, when this machine can run it.
enum OtherVerifier {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/verify-bundle.py").path

    static var isHere: Bool {
        (try? python(["-c", "import cryptography.hazmat.primitives.asymmetric.ed25519"]).status)
            == 0
    }

    static func run(_ arguments: String...) throws -> (status: Int32, text: String) {
        try run(arguments)
    }

    static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        try python([script] + arguments)
    }

    private static func python(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
