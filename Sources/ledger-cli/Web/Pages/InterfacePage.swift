import HTTPTypes
import Ledger

/// What programs may ask, for the people who write them; made from the routes themselves.
enum InterfacePage {
    /// The page.
    static func markup(_ frame: Layout.Frame) -> Markup {
        Layout.page("For programs", nil, frame) {
            element("p") {
                "Everything that the pages show, and the log itself, as "
                element("a", .href(.path("api", "v1", "openapi.json"))) { "OpenAPI" }
                " describes it. Errors are problem details (RFC 9457) that name the next step. "
                "With its checkpoint and tiles the prefix is a C2SP tile log, so a monitor needs "
                "nothing of ours."
            }
            Phrase.table("Addresses", ["Method", "Address", "What", "Query"]) {
                for route in Routes.all {
                    if let operation = route.operation { row(route, operation) }
                }
            }
            element("h2") { "To begin with" }
            element("pre", Attribute("tabindex", "0"), Attribute("aria-label", "Examples")) {
                examples
            }
            element("p", .class("note")) {
                "Recording needs "
                element("code") { "serve --accept-writes --token-file FILE" }
                " and a token, which names the actor."
            }
        }
    }

    private static func row(_ route: Route, _ operation: Operation) -> Markup {
        element("tr") {
            Phrase.cell("Method") { route.method.rawValue }
            element("th", Attribute("scope", "row")) { element("code") { route.template } }
            Phrase.cell("What") { route.summary }
            Phrase.cell("Query") {
                for (index, parameter) in operation.query.enumerated() {
                    if index > 0 { ", " }
                    element("code", Attribute("title", parameter.summary)) { parameter.name }
                }
            }
        }
    }

    private static let examples = """
        curl localhost:8017/api/v1/state
        curl localhost:8017/api/v1/plans/cleanup
        curl 'localhost:8017/api/v1/events?type=env.destroy&order=desc'
        curl -N localhost:8017/api/v1/stream
        """
}
