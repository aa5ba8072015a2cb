import Foundation
import HTTPTypes
import HummingbirdCore
import Ledger
import NIOCore
import Testing

@testable import ledger_cli

@Suite struct WitnessTests {
    /// A log that grows by one entry a step, and a witness that knows it.
    private struct Fixture {
        /// Keeps its folder.
        let prompt: Prompt
        let folder: String
        let witness: Witness
        let witnessKey: SignerKey
        let log: SignerKey
        let roots: [Digest]
        let tree: MemoryTree

        static let origin = "log.example/a"

        init(prompt: Prompt) async throws {
            self.prompt = prompt
            folder = prompt.path("w1")
            let made = await prompt.run("witness", "init", "w1", "--name", "witness.example/w1")
            try #require(made.status == 0, "\(made.errors)")
            let text = try String(contentsOfFile: folder + "/key", encoding: .utf8)
            witnessKey = try SignerKey.parse(String(text.dropLast()))
            #expect(made.output == witnessKey.verifier.text + "\n")
            log = try SignerKey(
                name: KeyName(Fixture.origin), seed: [UInt8](repeating: 7, count: 32))
            witness = try Fixture.witness(folder, witnessKey, log)
            let tree = MemoryTree(count: 40)
            self.tree = tree
            roots = try (0...40).map { try tree.root(size: $0) }
        }

        static func witness(
            _ folder: String, _ key: SignerKey, _ log: SignerKey
        ) throws -> Witness {
            Witness(
                logs: try TrustedLogs("# logs\n\(log.verifier.text)\n", file: "logs"), key: key,
                record: try WitnessRecord(folder: folder, name: folder),
                clock: { Timestamp(milliseconds: 1_500_000_000_000) })
        }

        /// A request to go from one size to another.
        func body(
            old: Int, new: Int, root: Digest? = nil, proof: [Digest]? = nil,
            origin: String = origin,
            signer: SignerKey? = nil
        ) throws -> String {
            let checkpoint = Checkpoint(origin: origin, size: new, root: root ?? roots[new])
            let note = try checkpoint.sign(with: [signer ?? log], time: 0)
            let hashes = try proof ?? (old < new ? tree.consistencyProof(from: old, to: new) : [])
            return (["old \(old)"] + hashes.map(\.base64) + [""]).map { $0 + "\n" }.joined()
                + String(decoding: note.format(), as: UTF8.self)
        }

        func ask(
            _ target: String, _ method: HTTPRequest.Method = .get, body: String = "",
            of other: Witness? = nil
        ) async -> (status: Int, type: String?, text: String) {
            let request = Request(
                head: HTTPRequest(method: method, scheme: "http", authority: "w", path: target),
                body: RequestBody(buffer: ByteBuffer(string: body)))
            let service = other ?? witness
            let answer = await service.answer(
                request, body: BodyReader(body: request.body, limit: service.bodyLimit))
            guard case .bytes(let bytes) = answer.body else { return (0, nil, "") }
            return (
                answer.status.code, answer.headers[.contentType],
                String(decoding: bytes, as: UTF8.self)
            )
        }

        func add(_ body: String) async -> (status: Int, type: String?, text: String) {
            await ask("/add-checkpoint", .post, body: body)
        }

        var monitor: String {
            "/\(Digest(hashing: Array(Fixture.origin.utf8)).hex)/checkpoint"
        }
    }

    @Test func `a head that continues the last one is cosigned`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        for (old, new) in [(0, 1), (1, 8), (8, 8), (8, 13), (13, 40)] {
            let body = try fixture.body(old: old, new: new)
            let answer = await fixture.add(body)
            #expect(answer.status == 200, "\(old) to \(new): \(answer.text)")
            let line = try #require(NoteSignature.parse(String(answer.text.dropLast())))
            let text = String(body[try #require(body.range(of: "\n\n")).upperBound...])
            let note = try SignedNote.parse(text).adding([line])
            let verified = try note.verify(with: [fixture.witnessKey.verifier])
            #expect(verified.signatures.first?.time == 1_500_000_000)
            let shown = await fixture.ask(fixture.monitor)
            #expect(shown.status == 200)
            #expect(shown.text == String(decoding: note.format(), as: UTF8.self))
        }
    }

    @Test func `every wrong request gets its own status and changes nothing`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        #expect(await fixture.ask(fixture.monitor).status == 404)
        #expect(await fixture.add(try fixture.body(old: 0, new: 8)).status == 200)
        let stranger = try SignerKey(
            name: KeyName(Fixture.origin), seed: [UInt8](repeating: 9, count: 32))
        let good = try fixture.body(old: 8, new: 13)
        let hash = fixture.roots[3].base64
        let table: [(what: String, body: String, status: Int)] = [
            ("nothing", "", 400), ("no old size", "8\n\n" + good, 400),
            ("a size with a zero before", good.replacing("old 8", with: "old 08"), 400),
            ("a size below zero", good.replacing("old 8", with: "old -1"), 400),
            ("a proof line that is none", good.replacing("old 8\n", with: "old 8\nabc\n"), 400),
            (
                "too many proof lines",
                good.replacing(
                    "old 8\n", with: "old 8\n" + String(repeating: hash + "\n", count: 64)),
                400
            ),
            ("no checkpoint", "old 8\n\n", 400),
            ("a cut checkpoint", String(good.dropLast(4)), 400),
            ("a checkpoint of a larger old size", try fixture.body(old: 14, new: 13), 400),
            (
                "an unknown log",
                try fixture.body(old: 0, new: 3, origin: "log.example/b"), 404
            ),
            ("a stranger's signature", try fixture.body(old: 8, new: 13, signer: stranger), 403),
            (
                "an altered signature",
                good.replacing("\n13\n", with: "\n12\n"), 403
            ),
            ("another old size", try fixture.body(old: 7, new: 13), 409),
            ("an old size of none", try fixture.body(old: 0, new: 13), 409),
            ("a wrong proof", try fixture.body(old: 8, new: 13, proof: [fixture.roots[3]]), 422),
            ("no proof", try fixture.body(old: 8, new: 13, proof: []), 422),
            ("another root", try fixture.body(old: 8, new: 13, root: fixture.roots[12]), 422),
            (
                "another root of the same size",
                try fixture.body(old: 8, new: 8, root: fixture.roots[7]), 422
            ),
            (
                "a proof for the same size",
                try fixture.body(old: 8, new: 8, proof: [fixture.roots[3]]), 422
            ),
        ]
        for row in table {
            let answer = await fixture.add(row.body)
            #expect(answer.status == row.status, "\(row.what): \(answer.status) \(answer.text)")
            if row.status == 409 {
                #expect(answer.text == "8\n")
                #expect(answer.type == "text/x.tlog.size")
            }
        }
        #expect(await fixture.ask("/add-checkpoint").status == 405)
        #expect(await fixture.ask("/nothing").status == 404)
        #expect(
            await fixture.ask("/" + String(repeating: "0", count: 64) + "/checkpoint").status == 404
        )
        #expect(await fixture.add(String(repeating: "a", count: 70_000)).status == 413)
        // The stored head is still the one of size 8.
        #expect(await fixture.add(try fixture.body(old: 8, new: 13)).status == 200)
    }

    @Test func `a first head is taken with no proof and with the empty root only`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        let empty = MerkleTree.emptyRoot
        let proof = [fixture.roots[1]]
        #expect(await fixture.add(try fixture.body(old: 0, new: 4, proof: proof)).status == 422)
        #expect(
            await fixture.add(try fixture.body(old: 0, new: 0, root: fixture.roots[1])).status
                == 422)
        #expect(await fixture.add(try fixture.body(old: 0, new: 0, root: empty)).status == 200)
        #expect(await fixture.add(try fixture.body(old: 0, new: 4)).status == 200)
    }

    @Test func `of requests that race from one size at most one goes each way`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        #expect(await fixture.add(try fixture.body(old: 0, new: 5)).status == 200)
        for size in stride(from: 5, to: 35, by: 5) {
            let statuses = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for new in size + 1...size + 5 {
                    for _ in 0..<4 {
                        let body = try fixture.body(old: size, new: new)
                        group.addTask { (new, await fixture.add(body).status) }
                    }
                }
                return try await group.reduce(into: [(Int, Int)]()) { $0.append($1) }
            }
            let taken = statuses.filter { $0.1 == 200 }
            #expect(taken.count == 1, "\(statuses)")
            #expect(statuses.allSatisfy { $0.1 == 200 || $0.1 == 409 })
            // The next round starts where the witness is now.
            let now = try #require(taken.first?.0)
            if now < size + 5 {
                #expect(await fixture.add(try fixture.body(old: now, new: size + 5)).status == 200)
            }
        }
    }

    @Test func `what cannot be written down is not cosigned`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        #expect(await fixture.add(try fixture.body(old: 0, new: 5)).status == 200)
        let moved = fixture.folder + "-moved"
        try FileManager.default.moveItem(atPath: fixture.folder, toPath: moved)
        let lost = await fixture.add(try fixture.body(old: 0, new: 8))
        #expect(lost.status == 500)
        #expect(!lost.text.contains("—"))
        try FileManager.default.moveItem(atPath: moved, toPath: fixture.folder)
        #expect(await fixture.add(try fixture.body(old: 5, new: 8)).status == 200)
    }

    @Test func `a damaged memory is no reason to begin anew`() async throws {
        let fixture = try await Fixture(prompt: Prompt())
        #expect(await fixture.add(try fixture.body(old: 0, new: 5)).status == 200)
        let name = Digest(hashing: Array(Fixture.origin.utf8)).hex
        try Data().write(to: URL(fileURLWithPath: "\(fixture.folder)/\(name).checkpoint"))
        #expect(await fixture.add(try fixture.body(old: 0, new: 8)).status == 500)
    }

    @Test func `one folder serves one witness, and the next one remembers`() async throws {
        let prompt = try Prompt()
        var fixture: Fixture? = try await Fixture(prompt: prompt)
        let folder = prompt.path("w1")
        if let fixture {
            #expect(await fixture.add(try fixture.body(old: 0, new: 5)).status == 200)
            #expect(throws: CLIError.self) { try WitnessRecord(folder: folder, name: "w1") }
        }
        fixture = nil
        let next = try WitnessRecord(folder: folder, name: "w1")
        let note = try #require(try next.newest(origin: Fixture.origin))
        #expect(try Checkpoint.parse(note).size == 5)
    }

    @Test func `the folder and the key are made once`() async throws {
        let prompt = try Prompt()
        #expect(await prompt.run("witness", "init", "w", "--name", "a+b").status == 64)
        #expect(await prompt.run("witness", "init", "w", "--name", "a").status == 0)
        #expect(await prompt.run("witness", "init", "w", "--name", "a").status == 1)
        let mode = try FileManager.default.attributesOfItem(atPath: prompt.path("w/key"))
        #expect(mode[.posixPermissions] as? Int == 0o600)
        let none = await prompt.run("witness", "serve", "none", "--logs", "logs")
        #expect(none.status == 12)
        try prompt.write("nonsense\n", to: "logs")
        let logs = await prompt.run("witness", "serve", "w", "--logs", "logs")
        #expect(logs.status == 1)
        #expect(logs.errors.contains("logs: line 1"))
    }
}

/// A tree in memory, for proofs.
private struct MemoryTree: HashReader {
    let leaves: [Digest]

    init(count: Int) { leaves = (0..<count).map { MerkleTree.leafHash([UInt8($0)]) } }

    func hashes(level: Int, indexes: Range<Int>) throws -> [Digest] {
        indexes.map { index in
            MerkleTree.root(ofLeafHashes: leaves[index << level..<(index + 1) << level])
        }
    }
}
