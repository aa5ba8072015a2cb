import Testing

@testable import ledger_cli

@Suite struct MarkupTests {
    @Test func `a text cannot become an element`() {
        let page = element("p", .class("a\"b")) { "<script>alert('x')</script> & more" }
        #expect(
            page.text
                == "<p class=\"a&quot;b\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; more</p>"
        )
    }

    @Test(
        arguments: zip(
            [
                "\u{0}", "\u{1B}[31m", "\u{202E}gpj.exe", "\u{FFFF}", "\u{1FFFE}", "a\r\nb",
                "é\u{301}😀",
            ],
            [
                "\\u{0}", "\\u{1b}[31m", "\\u{202e}gpj.exe", "\\u{ffff}", "\\u{1fffe}",
                "a\\u{d}\nb", "é\u{301}😀",
            ]))
    func `what no page may hold is spelled out`(text: String, shown: String) {
        #expect(Markup(text).text.utf8.elementsEqual(shown.utf8))
    }

    @Test func `elements without content have no end tag where HTML knows none`() {
        #expect(element("br").text == "<br>")
        #expect(
            element("input", .flag("checked"), .flag("disabled", if: false)).text
                == "<input checked=\"\">")
        #expect(element("path", Attribute("d", "M0 0")).text == "<path d=\"M0 0\"></path>")
    }

    @Test(
        arguments: zip(
            [0, 1.0, -0.004, -2.5, 12.345, 0.05, 100.999, .infinity, .nan],
            ["0", "1", "0", "-2.5", "12.35", "0.05", "101", "0", "0"]))
    func `numbers have at most two digits`(number: Double, shown: String) {
        #expect(Attribute("x", number).value == shown)
    }

    @Test func `the names in a link stay names`() {
        let link = Link.path(
            "subjects", "../a?b#c/é", query: [("at", "1&2=3"), ("none", nil)], fragment: "x y")
        #expect(link.text == "/subjects/..%2Fa%3Fb%23c%2F%C3%A9?at=1%262%3D3#x%20y")
        #expect(
            element("a", .href(.data(mediaType: "text/plain", Array("\"<>".utf8)))).text
                == "<a href=\"data:text/plain,%22%3C%3E\"></a>")
    }

    @Test func `a builder takes loops, branches and nothing`() {
        let rows = element("ul") {
            for number in 1...3 {
                if number == 2 { element("li") { number } } else { "-" }
            }
            if false { "never" }
        }
        #expect(rows.text == "<ul>-<li>2</li>-</ul>")
    }
}
