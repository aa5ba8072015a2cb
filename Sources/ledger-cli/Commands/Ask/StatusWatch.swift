import Ledger

/// `status --watch`: the status again and again, in place on a terminal.
struct StatusWatch {
    /// How long a look at the ledger's size waits for the next one.
    private static let pause: Int32 = 400
    /// After so many looks the status is derived anew although nothing was appended: facts age.
    private static let patience = 25

    private let global: GlobalOptions
    private let options: EvaluationOptions
    private let format: OutputFormat

    /// A watch over a ledger.
    init(_ global: GlobalOptions, _ options: EvaluationOptions, _ format: OutputFormat) {
        self.global = global
        self.options = options
        self.format = format
    }

    /// Shows the status until it is interrupted or nobody reads any more.
    ///
    /// - Throws: `StoreError`, `PlanError`, `SystemError`.
    func run() throws {
        let output = Surroundings.current.output
        let store = try global.open()
        guard format == .text, output.isTerminal else {
            do {
                return try printing(store, output)
            } catch let error as SystemError where error.isBrokenPipe {
                return
            }
        }
        let screen = Screen()
        try screen.show { try drawing(store, output, screen) }
    }

    private func drawing(_ store: LedgerStore, _ output: Sink, _ screen: Screen) throws {
        var size = -1
        var looks = 0
        var window: TerminalSize?
        repeat {
            let newSize = try store.size()
            if newSize != size || looks >= Self.patience || output.size != window {
                (size, looks, window) = (newSize, 0, output.size)
                try screen.draw(
                    try status().lines(columns: output.columns)
                        + [Style.output.dim("watching; end with Ctrl-C")])
            }
            looks += 1
        } while output.isRead(afterMilliseconds: Self.pause) && !Interruption.isPending
    }

    private func printing(_ store: LedgerStore, _ output: Sink) throws {
        var size = -1
        var looks = 0
        var shown: [String]?
        repeat {
            let newSize = try store.size()
            if newSize != size || looks >= Self.patience {
                (size, looks) = (newSize, 0)
                let status = try status()
                let essence = status.essence
                if essence != shown {
                    if format == .json {
                        try Output.json(status.json)
                    } else {
                        if shown != nil { try Output.line() }
                        try Output.lines(status.lines(columns: nil))
                    }
                    shown = essence
                    try output.flush()
                }
            }
            looks += 1
        } while output.isRead(afterMilliseconds: Self.pause)
    }

    private func status() throws -> StatusText {
        try StatusText(Evaluation(global, options))
    }
}
