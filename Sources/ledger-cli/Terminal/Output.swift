import Ledger

/// Prints answers to standard output.
enum Output {
    /// A line of text.
    ///
    /// - Throws: `SystemError`.
    static func line(_ text: String = "") throws { try Surroundings.current.output.line(text) }

    /// Lines of text.
    ///
    /// - Throws: `SystemError`.
    static func lines(_ lines: [String]) throws {
        for line in lines { try Output.line(line) }
    }

    /// A table, fitted to the terminal when people watch and in full otherwise.
    ///
    /// - Throws: `SystemError`.
    static func table(
        _ table: Table, paint: (_ column: Int, _ cell: String) -> String = { $1 }
    ) throws {
        try lines(table.lines(columns: Surroundings.current.output.columns, paint: paint))
    }

    /// Bytes as they are.
    ///
    /// - Throws: `SystemError`.
    static func bytes(_ bytes: [UInt8]) throws { try Surroundings.current.output.write(bytes) }

    /// One JSON value in RFC 8785 form and a line feed.
    ///
    /// - Throws: `SystemError`; `JSONError` when a number is not finite.
    static func json(_ object: JSONObject) throws {
        try Surroundings.current.output.write(CanonicalJSON.encode(object) + [0x0A])
    }

    /// A remark beside the answer, on standard error.
    ///
    /// - Throws: `SystemError`.
    static func note(_ text: String) throws { try Surroundings.current.errors.line(text) }
}
