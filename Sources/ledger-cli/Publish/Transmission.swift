import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Sends bytes to a web address with the program `curl`, which knows proxies and certificates.
enum Transmission {
    /// What came back.
    struct Answer: Sendable, Equatable {
        /// The HTTP status.
        let status: Int
        /// The body, as it was sent.
        let body: [UInt8]
    }

    /// Why nothing came back.
    struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// One line.
        let description: String
    }

    /// The most bytes an answer may have.
    private static let limit = 1 << 16

    /// Posts bytes to an address.
    ///
    /// - Throws: `Failure` when there is no answer.
    static func post(_ address: String, _ bytes: [UInt8]) async throws -> Answer {
        let arguments = [
            // No settings of the user's: they could send the head elsewhere, or print more.
            "--disable", "--silent", "--show-error", "--globoff", "--proto", "=http,https",
            "--connect-timeout", "3", "--max-time", "10", "--max-filesize", "\(limit)",
            "--header", "Content-Type: text/plain; charset=utf-8", "--header", "Expect:",
            "--data-binary", "@-", "--write-out", "\n%{http_code}", "--url", address,
        ]
        do {
            let result = try await run(
                .name("curl"), arguments: Arguments(arguments), input: .array(bytes),
                output: .bytes(limit: limit + 16), error: .string(limit: 4096))
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.split(separator: "\n").first.map(String.init)
                throw Failure(description: words ?? "curl: \(result.terminationStatus)")
            }
            return try answer(result.standardOutput)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(description: "curl: \(error)")
        }
    }

    /// The status stands on a line of its own after the body.
    private static func answer(_ output: [UInt8]) throws(Failure) -> Answer {
        guard let end = output.lastIndex(of: 0x0A),
            let status = Int(String(decoding: output[(end + 1)...], as: UTF8.self))
        else { throw Failure(description: "curl: no HTTP status came back") }
        return Answer(status: status, body: Array(output[..<end]))
    }
}
