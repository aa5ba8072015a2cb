import HTTPTypes
import Ledger

/// The description of the interface for programs (OpenAPI 3.1), made from the routes themselves.
enum OpenAPI {
    /// The document.
    static func document(origin: String) -> JSONObject {
        var paths = JSONObject()
        for route in Routes.all {
            guard let operation = route.operation else { continue }
            var path = paths[route.template]?.object ?? [:]
            path[route.method.rawValue.lowercased()] = .object(describe(route, operation))
            paths[route.template] = .object(path)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string("Migration ledger of \(origin)"), "version": .string(Version.text),
                "description":
                    "Read access to one tamper-evident ledger. The prefix /api/v1 is a C2SP tile log.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": ["problem": problem],
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "basic": ["type": "http", "scheme": "basic"],
                ],
            ],
        ]
    }

    private static func describe(_ route: Route, _ operation: Operation) -> JSONObject {
        var parameters: [JSONValue] = route.pieces.compactMap { piece in
            switch piece {
            case .name: nil
            case .any(let name), .rest(let name): parameter(name, in: "path")
            }
        }
        parameters += operation.query.map { query in
            var object: JSONObject = [
                "name": .string(query.name), "in": "query", "description": .string(query.summary),
            ]
            object["schema"] =
                query.kind == "date-time"
                ? ["type": "string", "format": "date-time"] : ["type": .string(query.kind)]
            return .object(object)
        }
        if route.method == .post {
            parameters.append([
                "name": "If-Match", "in": "header", "schema": ["type": "string"],
                "description": "the size that the ledger must have, in quotes",
            ])
        }
        var responses = JSONObject()
        for status in operation.statuses {
            responses["\(status)"] = .object(response(status, type: operation.type))
        }
        responses["default"] = [
            "description": "what is wrong and the next step",
            "content": [
                "application/problem+json": ["schema": ["$ref": "#/components/schemas/problem"]]
            ],
        ]
        var object: JSONObject = [
            "operationId": .string(operation.id), "summary": .string(route.summary),
            "parameters": .array(parameters), "responses": .object(responses),
        ]
        if !operation.body.isEmpty {
            var content = JSONObject()
            for type in operation.body { content[type] = ["schema": true] }
            object["requestBody"] = ["required": true, "content": .object(content)]
            object["security"] = [["bearer": []], ["basic": []]]
        }
        return object
    }

    private static func parameter(_ name: String, in place: String) -> JSONValue {
        [
            "name": .string(name), "in": .string(place), "required": true,
            "schema": ["type": name == "sequence" ? "integer" : "string"],
        ]
    }

    private static func response(_ status: Int, type: String) -> JSONObject {
        let isGood = (200..<300).contains(status)
        var content = JSONObject()
        content[isGood ? type : "application/problem+json"] = [
            "schema": isGood ? true : ["$ref": "#/components/schemas/problem"]
        ]
        return [
            "description": .string(isGood ? "the answer" : "refused"),
            "content": .object(content),
        ]
    }

    private static let problem: JSONValue = [
        "type": "object", "required": ["status", "title", "detail"],
        "properties": [
            "type": ["type": "string"], "status": ["type": "integer"],
            "title": ["type": "string"], "detail": ["type": "string"], "hint": ["type": "string"],
        ],
    ]
}
