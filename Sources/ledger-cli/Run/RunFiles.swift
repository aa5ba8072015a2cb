import Fleet
import Ledger

/// The files that a command is fed and that its output goes to.
struct RunFiles {
    private var input: Int32 = -1
    private var output: Int32 = -1

    /// Opens the files of a command and connects the program with them.
    ///
    /// The output's old content stays until the command really starts.
    ///
    /// - Throws: `SystemError` naming the file as given.
    mutating func connect(
        _ command: PlatformCommand, _ program: Program
    ) throws(SystemError) -> Program {
        let surroundings = Surroundings.current
        var program = program
        if let path = command.input {
            do {
                input = try OperatingSystem.openForReading(surroundings.path(path))
            } catch {
                throw SystemError(name: path, code: error.code)
            }
            program.input = .handed(input)
        }
        if let path = command.output {
            do {
                output = try OperatingSystem.openForWriting(surroundings.path(path))
            } catch {
                throw SystemError(name: path, code: error.code)
            }
            program.output = .descriptor(output)
            program.emptied = output
        }
        switch command.action {
        case .databaseLoad: program.input = .relayed(input >= 0 ? input : 0)
        case .databaseDump: program.keepsOutput = false
        default: break
        }
        return program
    }

    /// Closes the files; what was written is durable.
    mutating func close() {
        if output >= 0 { OperatingSystem.sync(output) }
        OperatingSystem.release(descriptor: input)
        OperatingSystem.release(descriptor: output)
        (input, output) = (-1, -1)
    }
}
