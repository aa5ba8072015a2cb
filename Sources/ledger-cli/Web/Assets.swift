import Ledger

/// The files that pages load, kept in the program.
enum Assets {
    /// A file by its name: its media type and its bytes.
    static func file(_ name: String) -> (type: String, bytes: [UInt8])? {
        switch name {
        case "ledger.css": ("text/css; charset=utf-8", PackageResources.ledger_css)
        case "ledger.js": ("text/javascript; charset=utf-8", PackageResources.ledger_js)
        case "icon.svg": ("image/svg+xml", icon)
        default: nil
        }
    }

    /// Three leaves and their root.
    private static let icon = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" \
        rx="6" fill="#24425c"/><path d="M16 8L8 22M16 8v14M16 8l8 14" stroke="#9fc2de" \
        stroke-width="2"/><g fill="#fff"><circle cx="16" cy="8" r="4"/><circle cx="8" cy="23" \
        r="3"/><circle cx="16" cy="23" r="3"/><circle cx="24" cy="23" r="3"/></g></svg>
        """.utf8)
}
