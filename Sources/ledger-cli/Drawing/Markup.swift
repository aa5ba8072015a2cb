/// A piece of HTML or SVG in which every text is escaped.
///
/// Its bytes can be made in three ways only, and none lets a text of the ledger become markup:
/// `element` takes names that are literals of the program, a `String` in the builder is escaped, and
/// `stylesheet` takes a literal. What is written is well-formed as HTML and, in SVG, as XML.
struct Markup: Sendable, Hashable {
    /// The bytes, UTF-8.
    let bytes: [UInt8]

    /// Nothing.
    static let empty = Markup(bytes: [])

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The bytes as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A whole HTML page from its root element.
    var document: [UInt8] { Array("<!DOCTYPE html>\n".utf8) + bytes + [0x0A] }

    /// A text, escaped.
    init(_ text: some StringProtocol) {
        var bytes: [UInt8] = []
        Markup.escape(text, into: &bytes)
        self.bytes = bytes
    }

    /// Pieces one after another.
    init(_ pieces: some Sequence<Markup>) { bytes = pieces.flatMap(\.bytes) }

    fileprivate init(
        name: StaticString, attributes: [Attribute?], content: Markup
    ) {
        let tag = "\(name)"
        precondition(
            tag != "style" && tag != "script" || content.bytes.isEmpty,
            "the content of style and script is not escaped text")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.bytes.count + 64)
        bytes.append(UInt8(ascii: "<"))
        bytes += tag.utf8
        for attribute in attributes {
            guard let attribute else { continue }
            bytes.append(UInt8(ascii: " "))
            bytes += attribute.name.utf8
            bytes += "=\"".utf8
            Markup.escape(attribute.value, into: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        guard !Markup.voidElements.contains(tag) else {
            precondition(content.bytes.isEmpty, "\(name) has no content in HTML")
            self.bytes = bytes
            return
        }
        bytes += content.bytes
        bytes += "</".utf8
        bytes += tag.utf8
        bytes.append(UInt8(ascii: ">"))
        self.bytes = bytes
    }

    /// A style element, for files that must stand alone; pages of the server link to a sheet.
    static func stylesheet(_ rules: StaticString) -> Markup {
        let text = "\(rules)"
        precondition(!text.contains("<"), "a style sheet has no need of <")
        return Markup(bytes: Array("<style>\(text)</style>".utf8))
    }

    /// The elements that have no end tag in HTML (HTML, "Void elements").
    private static let voidElements: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr",
    ]

    /// Escapes what is special in HTML or XML, in text and in quoted attributes alike.
    ///
    /// Characters that no page may hold, and those that turn the direction of the text around
    /// them, are spelled out: a name must not look like another one.
    private static func escape(_ text: some StringProtocol, into bytes: inout [UInt8]) {
        // Nearly every text is plain; pages of thousands of names are made of this loop.
        guard text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            for scalar in text.unicodeScalars { escape(scalar, into: &bytes) }
            return
        }
        for byte in text.utf8 {
            if let name = Markup.name(of: UInt32(byte)) {
                bytes += name.utf8
            } else {
                bytes.append(byte)
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, into bytes: inout [UInt8]) {
        switch scalar.value {
        case 0x09, 0x0A: bytes.append(UInt8(scalar.value))
        case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069,
            0xFDD0...0xFDEF, 0xFFFE, 0xFFFF:
            bytes += "\\u{\(String(scalar.value, radix: 16))}".utf8
        case let value where value & 0xFFFE == 0xFFFE:
            bytes += "\\u{\(String(value, radix: 16))}".utf8
        case let value: bytes += name(of: value).map { Array($0.utf8) } ?? Array(scalar.utf8)
        }
    }

    /// What stands for a character that means something in markup.
    private static func name(of value: UInt32) -> String? {
        switch value {
        case 0x26: "&amp;"
        case 0x3C: "&lt;"
        case 0x3E: "&gt;"
        case 0x22: "&quot;"
        case 0x27: "&#39;"
        default: nil
        }
    }
}

/// An element with its attributes and content; a nil attribute is left out.
func element(
    _ name: StaticString, _ attributes: Attribute?...,
    @MarkupBuilder content: () -> Markup = { .empty }
) -> Markup {
    Markup(name: name, attributes: attributes, content: content())
}

/// An element with attributes in a list.
func element(
    _ name: StaticString, attributes: [Attribute?],
    @MarkupBuilder content: () -> Markup = { .empty }
) -> Markup {
    Markup(name: name, attributes: attributes, content: content())
}

/// Puts pieces and texts one after another; texts are escaped.
@resultBuilder
enum MarkupBuilder {
    /// A text, escaped.
    static func buildExpression(_ text: String) -> Markup { Markup(text) }
    /// A number.
    static func buildExpression(_ number: Int) -> Markup { Markup("\(number)") }
    /// A piece.
    static func buildExpression(_ piece: Markup) -> Markup { piece }
    /// A piece, or nothing.
    static func buildExpression(_ piece: Markup?) -> Markup { piece ?? .empty }
    /// Pieces.
    static func buildExpression(_ pieces: [Markup]) -> Markup { Markup(pieces) }
    /// All of a block.
    static func buildBlock(_ pieces: Markup...) -> Markup {
        pieces.count == 1 ? pieces[0] : Markup(pieces)
    }
    /// The content of an `if`.
    static func buildOptional(_ piece: Markup?) -> Markup { piece ?? .empty }
    /// One branch.
    static func buildEither(first: Markup) -> Markup { first }
    /// The other branch.
    static func buildEither(second: Markup) -> Markup { second }
    /// All rounds of a loop.
    static func buildArray(_ pieces: [Markup]) -> Markup { Markup(pieces) }
}
