import Foundation
import Testing

/// A `fleet` of a few lines in a prompt's folder: it answers as the platform does and writes down
/// what it was asked before it acts.
struct FakePlatform {
    /// The script's path; its last part is what makes it the platform.
    let path: String
    private let log: String

    init(in directory: String, _ cases: String = "") throws {
        let folder = directory + "/bin"
        path = folder + "/fleet"
        log = folder + "/asked"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            here=$(dirname "$0")
            echo "$*" >> "$here/asked"
            case "$*" in
            \(cases)
            "env maintenance "*) echo "Maintenance Mode for Environment $3 is now being turned $4" ;;
            "env protected "*)
                echo "The protected state for Environment $3 is now being set to $4" ;;
            "env cache flush "*) echo "Caches flushed for environment $4" ;;
            "snapshot create "*) echo "Snapshot $5 is now being created" ;;
            "snapshot destroy "*) echo "Snapshot $3 is now being destroyed" ;;
            "env destroy "*)
                printf "Please enter the environment's name to continue or anything else to abort: "
                read answer
                [ "$answer" = "$3" ] || exit 1
                echo "Environment $3 is now being destroyed" ;;
            "database dump "*) printf -- '-- data\\n-- Dump completed on 2017-05-03\\n' ;;
            "database connect "*) cat > "$here/loaded" ;;
            *) echo "no such command" >&2; exit 2 ;;
            esac

            """
        let text = folder + "/text"
        try script.write(toFile: text, atomically: false, encoding: .utf8)
        // Written by another process: a program that is started by a test beside this one has a copy
        // of our descriptors for a moment, and a file that someone can write to is not executed.
        let copy = Process()
        copy.executableURL = URL(filePath: "/bin/cp")
        copy.arguments = [text, path]
        try copy.run()
        copy.waitUntilExit()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// What it was asked, in order.
    var asked: [String] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}
