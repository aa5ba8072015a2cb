import Testing

@testable import Fleet

@Suite struct ShellTests {
    @Test func `words are split and quotes resolved, each with its column`() throws {
        let line = try Shell.split(#"  fleet "a b" 'c "d' e\ f --x="y z"  "#)
        #expect(line.words.map(\.text) == ["fleet", "a b", #"c "d"#, "e f", "--x=y z"])
        #expect(line.words.map(\.column) == [3, 9, 15, 22, 27])
    }

    @Test func `redirections are taken out wherever they stand`() throws {
        let line = try Shell.split("fleet <in.sql database connect d >'out file'")
        #expect(line.words.map(\.text) == ["fleet", "database", "connect", "d"])
        #expect(line.input == "in.sql")
        #expect(line.output == "out file")
    }

    struct Refusal: Sendable {
        let line: String
        let found: String
        let column: Int
    }

    @Test(arguments: [
        Refusal(line: "fleet env list | grep prod", found: "|", column: 16),
        Refusal(line: "fleet env list && date", found: "&&", column: 16),
        Refusal(line: "fleet env list || date", found: "||", column: 16),
        Refusal(line: "fleet env list; date", found: ";", column: 15),
        Refusal(line: "fleet env list &", found: "&", column: 16),
        Refusal(line: "(fleet env list)", found: "(", column: 1),
        Refusal(line: "fleet env destroy $(cat x)", found: "$(", column: 19),
        Refusal(line: "fleet env destroy `cat x`", found: "`", column: 19),
        Refusal(line: "fleet env destroy $ENV", found: "$ENV", column: 19),
        Refusal(line: "fleet env destroy \"${ENV}\"", found: "${", column: 20),
        Refusal(line: "fleet database dump d >> x", found: ">>", column: 23),
        Refusal(line: "fleet database dump d 2>&1", found: "2>&", column: 23),
        Refusal(line: "fleet database dump d 2> x", found: "2>", column: 23),
        Refusal(line: "fleet database dump d &> x", found: "&>", column: 23),
        Refusal(line: "fleet database connect d << x", found: "<<", column: 26),
        Refusal(line: "fleet database connect d <", found: "<", column: 26),
        Refusal(line: "fleet database dump d > a > b", found: ">", column: 27),
        Refusal(line: "fleet env destroy 'prod", found: "'", column: 19),
        Refusal(line: "fleet env destroy \"prod", found: "\"", column: 19),
        Refusal(line: "fleet env destroy prod \\", found: "\\", column: 24),
        Refusal(line: "fleet env destroy prod # careful", found: "#", column: 24),
    ])
    func `what is not understood is named with its column and a hint`(_ refusal: Refusal) {
        let error = #expect(throws: GrammarError.self) { _ = try Shell.split(refusal.line) }
        guard case .shell(let found, let column, let hint) = error else {
            Issue.record("\(refusal.line): \(String(describing: error))")
            return
        }
        #expect(found == refusal.found)
        #expect(column == refusal.column)
        #expect(!hint.isEmpty)
    }

    @Test func `signs in single quotes and behind backslashes are text`() throws {
        let line = try Shell.split(#"echo '$x | `y`' \$z \| "\$a" 5 $ a#b"#)
        #expect(
            line.words.map(\.text) == ["echo", "$x | `y`", "$z", "|", "$a", "5", "$", "a#b"])
    }

    @Test func `splitting what was quoted gives the words back`() throws {
        var random = SeededGenerator(3)
        let characters = Array("ab '\"\\$`|&;<>()#*?~\n\té名=-")
        for _ in 0..<3000 {
            let words = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(characters) }
                )
            }
            #expect(try Shell.split(Shell.quote(words)).words.map(\.text) == words)
        }
    }
}

extension ShellTests {
    /// Swift takes what follows some letters, whatever it is, for a part of the same character.
    @Test(arguments: ["\u{600}", "\u{110BD}", "\u{D4E}", "e\u{301}"])
    func `a sign is a sign whatever stands before it`(letter: String) throws {
        #expect(try Shell.split(Shell.quote([letter, "b"])).words.map(\.text) == [letter, "b"])
        let words = try Shell.split("fleet a\(letter) b\(letter)'c d' \(letter)\"e f\"").words
        #expect(
            words.map { Array($0.text.utf8) }
                == ["fleet", "a\(letter)", "b\(letter)c d", "\(letter)e f"].map { Array($0.utf8) })
        #expect(try Shell.split("fleet x\(letter)>out").output == "out")
    }

    /// Plain lines are read in another way; they must come out as the rest of the grammar would say.
    @Test func `plain words are the words of a line with a quoted one`() throws {
        var random = SeededGenerator(11)
        let pieces = [
            "fleet", "env", "a-b_c", "x=y", "1:2", "p/q.r", "@h", "50%", "a,b", "+1", "^", "0",
        ]
        for _ in 0..<300 {
            var line = ""
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                line += random.pick([" ", "  ", "\t"]) + random.pick(pieces)
            }
            let plain = try Shell.tokens(line)
            // A quote sends the line down the other way, and adds one word.
            let quoted = try Shell.tokens(line + " 'q'")
            #expect(plain == Array(quoted.dropLast()))
        }
        #expect(try Shell.tokens("echo \u{E9}\u{301} x").map(\.column) == [1, 6, 8])
    }
}
