import Foundation

/// Reads an HTML page strictly: every element closed, names and attributes from a list, nothing
/// that runs and nothing that is loaded from elsewhere.
struct PageChecker {
    /// What is wrong, in the order of the page.
    private(set) var faults: [String] = []
    /// How often each element occurs.
    private(set) var elements: [String: Int] = [:]
    /// The ids on the page.
    private(set) var ids: Set<String> = []
    /// The fragments that the page leads to.
    private(set) var fragments: Set<String> = []

    private static let void: Set<String> = ["meta", "wbr", "br"]
    private static let allowed: Set<String> = [
        "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "p",
        "dl", "dt", "dd", "div", "nav", "ul", "li", "main", "section", "span", "strong", "code",
        "pre", "time", "table", "caption", "thead", "tbody", "tr", "th", "td", "wbr", "footer",
        "svg", "desc", "g", "rect", "line", "circle", "text",
    ]
    private static let attributes: Set<String> = [
        "lang", "charset", "name", "content", "http-equiv", "class", "id", "href", "download",
        "role", "tabindex", "scope", "datetime", "aria-label", "aria-labelledby", "data-label",
        "viewBox", "xmlns", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width",
        "height", "text-anchor",
    ]

    /// The check of a page.
    init(_ page: String) {
        guard page.hasPrefix("<!DOCTYPE html>\n") else {
            faults.append("no doctype")
            return
        }
        var open: [String] = []
        var rest = page.dropFirst("<!DOCTYPE html>\n".count)
        while let start = rest.firstIndex(of: "<") {
            check(text: rest[..<start])
            guard let end = rest[start...].firstIndex(of: ">") else {
                faults.append("a tag without an end")
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                let name = String(tag.dropFirst())
                if open.popLast() != name { faults.append("</\(name)> closes nothing") }
                continue
            }
            let name = String(tag.prefix { $0 != " " })
            elements[name, default: 0] += 1
            if !Self.allowed.contains(name) { faults.append("element \(name)") }
            read(tag.dropFirst(name.count), of: name)
            if name == "style" {
                guard let close = rest.range(of: "</style>") else {
                    faults.append("a style without an end")
                    return
                }
                let rules = rest[..<close.lowerBound]
                for word in ["url(", "@import", "expression", "http", "\\"]
                where rules.contains(word) {
                    faults.append("style: \(word)")
                }
                rest = rest[close.upperBound...]
            } else if !Self.void.contains(name) {
                open.append(name)
            }
        }
        check(text: rest)
        if !open.isEmpty { faults.append("not closed: \(open)") }
    }

    private mutating func check(text: Substring) {
        if text.contains(">") { faults.append("a bare > in \(text.prefix(40))") }
        for (index, _) in text.indices.map({ ($0, text[$0]) }) where text[index] == "&" {
            let entity = text[index...].prefix { $0 != ";" }
            if !["&amp", "&lt", "&gt", "&quot", "&#39"].contains(entity) {
                faults.append("entity \(entity.prefix(12))")
            }
        }
    }

    private mutating func read(_ text: Substring, of element: String) {
        var rest = text.drop { $0 == " " }
        while !rest.isEmpty {
            let name = String(rest.prefix { $0 != "=" })
            let value = rest.dropFirst(name.count + 2).prefix { $0 != "\"" }
            let whole = rest.dropFirst(name.count)
            guard whole.hasPrefix("=\""), whole.dropFirst(2 + value.count).hasPrefix("\"") else {
                faults.append("attribute \(rest.prefix(30)) of \(element)")
                return
            }
            check(text: value)
            if !Self.attributes.contains(name) { faults.append("attribute \(name) of \(element)") }
            switch name {
            case "id": if !ids.insert(String(value)).inserted { faults.append("id \(value) twice") }
            case "href" where value.hasPrefix("#"): fragments.insert(String(value.dropFirst()))
            case "href" where !value.hasPrefix("data:application/octet-stream,"):
                faults.append("leads to \(value.prefix(40))")
            default: break
            }
            rest = whole.dropFirst(3 + value.count).drop { $0 == " " }
        }
    }
}
