import ArgumentParser
import Fleet
import Ledger

/// The command `record test`.
struct RecordTest: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Record that an environment was tested.",
        discussion: RecordingHelp.text(
            "A step that is judgement: someone looked at the shop and says whether it works.",
            examples: "record test prod2 passed --attach report.txt"))

    @Argument(help: "The environment.", transform: ArgumentText.name)
    var environment: String

    @Argument(help: "passed or failed.")
    var result: String

    @Option(
        help: ArgumentHelp("A report to keep beside the ledger's log.", valueName: "file"),
        completion: .file())
    var attach: String?

    @OptionGroup var recording: RecordingOptions

    func validate() throws {
        if !["passed", "failed"].contains(result) {
            throw ValidationError("expected passed or failed, found \"\(result)\"")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        let report = try attach.flatMap { path in
            try context.bytes(of: path).map {
                AttachmentContent(bytes: $0, mediaType: MediaType.of(path: path, bytes: $0))
            }
        }
        return [
            LedgerEntry(
                payload: .decision(
                    result == "passed"
                        ? .testPassed(environment: environment)
                        : .testFailed(environment: environment)),
                migration: try context.migration(recording.migration),
                attachments: report.map { ["report": $0] } ?? [:])
        ]
    }
}

/// The media type of a file, as far as its name and bytes tell.
enum MediaType {
    /// A few well-known endings, else text when the bytes are UTF-8.
    static func of(path: String, bytes: [UInt8]) -> String {
        switch path.split(separator: ".").last?.lowercased() {
        case "html", "htm": return "text/html"
        case "json": return "application/json"
        case "xml": return "application/xml"
        case "pdf": return "application/pdf"
        case "png": return "image/png"
        case "jpg", "jpeg": return "image/jpeg"
        default:
            let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            return isText ? "text/plain" : "application/octet-stream"
        }
    }
}
