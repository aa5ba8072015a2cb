import Ledger

/// An attribute of an element: a name of the program and a value that is escaped.
///
/// Code and rules have no place in attributes, and where a browser follows a value, only a `Link`
/// may stand.
struct Attribute: Sendable, Hashable {
    let name: String
    let value: String

    private init(trusted name: StaticString, _ value: String) {
        self.name = "\(name)"
        self.value = value
    }

    /// An attribute with a text.
    init(_ name: StaticString, _ value: String) {
        let text = "\(name)"
        precondition(
            !text.hasPrefix("on") && !Attribute.followed.contains(text),
            "\(text) takes no plain text")
        self.init(trusted: name, value)
    }

    /// An attribute with a whole number.
    init(_ name: StaticString, _ value: Int) { self.init(name, "\(value)") }

    /// An attribute with a number, to a hundredth: enough for a drawing, and the same everywhere.
    init(_ name: StaticString, _ value: Double) {
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e12 else {
            self.init(name, "0")
            return
        }
        let whole = Int(hundredths)
        let sign = whole < 0 ? "-" : ""
        let (units, rest) = whole.magnitude.quotientAndRemainder(dividingBy: 100)
        let digits =
            rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        self.init(name, "\(sign)\(units)\(digits)")
    }

    /// An attribute that is there or not, such as `checked`; nil when it is not.
    static func flag(_ name: StaticString, if isOn: Bool = true) -> Attribute? {
        isOn ? Attribute(name, "") : nil
    }

    /// The classes of an element.
    static func `class`(_ names: String...) -> Attribute {
        Attribute("class", names.filter { !$0.isEmpty }.joined(separator: " "))
    }

    /// The id of an element.
    static func id(_ id: String) -> Attribute { Attribute("id", id) }

    /// Where an `a` or a `link` leads.
    static func href(_ link: Link) -> Attribute { Attribute(trusted: "href", link.text) }

    /// What an element loads.
    static func source(_ link: Link) -> Attribute { Attribute(trusted: "src", link.text) }

    /// Where a form sends its fields.
    static func action(_ link: Link) -> Attribute { Attribute(trusted: "action", link.text) }

    /// The attributes that browsers follow, run or style by.
    private static let followed: Set<String> = [
        "href", "src", "action", "formaction", "xlink:href", "srcset", "data", "style", "srcdoc",
        "background", "ping", "poster", "cite", "manifest",
    ]
}

/// An address that a page may lead to: of this server, of this page, within the page, or one
/// that the program itself names.
struct Link: Sendable, Hashable {
    /// The address as it stands in an attribute, before escaping.
    let text: String

    private init(text: String) { self.text = text }

    /// A path of this server; names and values may hold anything.
    static func path(
        _ names: [String], query: [(name: String, value: String?)] = [], fragment: String? = nil
    ) -> Link {
        var text = "/" + names.map(encoded).joined(separator: "/")
        let pairs = query.compactMap { pair in
            pair.value.map { "\(encoded(pair.name))=\(encoded($0))" }
        }
        if !pairs.isEmpty { text += "?" + pairs.joined(separator: "&") }
        if let fragment { text += "#" + encoded(fragment) }
        return Link(text: text)
    }

    /// A path of this server.
    static func path(
        _ names: String..., query: [(name: String, value: String?)] = [], fragment: String? = nil
    ) -> Link { path(names, query: query, fragment: fragment) }

    /// An element of the same page.
    static func fragment(_ id: String) -> Link { Link(text: "#" + encoded(id)) }

    /// Bytes to download that travel within the page itself.
    static func data(mediaType: StaticString, _ bytes: [UInt8]) -> Link {
        Link(text: "data:\(mediaType),\(encoded(bytes))")
    }

    /// An address that the program names.
    static func fixed(_ address: StaticString) -> Link { Link(text: "\(address)") }

    private static func encoded(_ text: String) -> String { encoded(Array(text.utf8)) }

    /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
    private static func encoded(_ bytes: [UInt8]) -> String {
        var encoded: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
