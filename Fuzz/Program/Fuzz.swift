// The program of scripts/fuzz, compiled with libFuzzer and not by the package.
//
// LEDGER_FUZZ names the target. With LEDGER_FUZZ_SEEDS it only writes what there is to start from
// into that folder: for each target a folder of inputs and a dictionary.
import FuzzTargets
import Glibc

private let target = named("LEDGER_FUZZ").flatMap { name in
    FuzzTarget.all.first { $0.name == name }
}

private func named(_ variable: String) -> String? { getenv(variable).map { String(cString: $0) } }

private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else { fatalError("\(path): cannot be written") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}

/// A line of a libFuzzer dictionary.
private func entry(_ word: String) -> String {
    "\""
        + word.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }.joined() + "\"\n"
}

/// What libFuzzer calls once before anything else.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafePointer<CInt>?, _ words: UnsafeRawPointer?) -> CInt {
    guard let folder = named("LEDGER_FUZZ_SEEDS") else {
        precondition(target != nil, "LEDGER_FUZZ names no target")
        return 0
    }
    for target in FuzzTarget.all {
        mkdir("\(folder)/\(target.name)", 0o755)
        for (number, seed) in target.seeds.enumerated() {
            write(seed, to: "\(folder)/\(target.name)/\(number)")
        }
        let words = target.words.filter { !$0.isEmpty }.map(entry).joined()
        write(Array((words.isEmpty ? "# none\n" : words).utf8), to: "\(folder)/\(target.name).dict")
        print(target.name)
    }
    exit(0)
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let finding = target?.check(bytes) { fatalError("finding: \(finding)") }
    return 0
}
