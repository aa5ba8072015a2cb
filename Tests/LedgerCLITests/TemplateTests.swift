import Foundation
import Testing

@Suite struct TemplateTests {
    @Test(arguments: ["snapshot", "dump"])
    func `a template that is filled in can be imported`(method: String) async throws {
        let prompt = try await Prompt.withLedger(at: "2017-06-01T09:00:00Z")
        let template = await prompt.run("migration", "template", "--method", method)
        #expect(template.status == 0)
        var minute = 0
        let filled = template.output.split(separator: "\n", omittingEmptySubsequences: false).map {
            line -> String in
            guard line == "# at TIME" else { return String(line) }
            minute += 1
            return "# +\(minute)m"
        }
        var text = "# at 2017-05-01T10:00:00Z\n" + filled.joined(separator: "\n")
        for (word, value) in [
            ("MIGRATION", "move"), ("HOST", "www.bestpants.com"), ("SECONDS", "300"),
            ("SNAPSHOT", "pm"), ("SIZE", "f1-xlarge"), ("RELEASE", "c341606"), ("DUMP", "prod"),
        ] {
            text = text.replacingOccurrences(of: word, with: value)
        }
        try prompt.write(text, to: "filled.transcript")
        let result = await prompt.run("import", "filled.transcript")
        #expect(result.status == 0, "\(result.errors)")
        let next = await prompt.run("plan", "next", "--at", "2017-05-31T10:00:00Z")
        #expect(next.status == 0, "\(next.errors)")
    }
}
