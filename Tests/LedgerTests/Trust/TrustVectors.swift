import Foundation
import Testing

/// The folder of third-party known answers, which is not part of the project.
enum TrustVectors {
    static let folder = ProcessInfo.processInfo.environment["LEDGER_VECTORS"]
    static var arePresent: Bool { folder != nil }
    static let reason: Comment = "LEDGER_VECTORS names no folder of known answers"

    static func load<Value: Decodable>(_ type: Value.Type, from file: String) throws -> Value {
        let folder = try #require(folder)
        let data = try Data(contentsOf: URL(filePath: folder).appending(path: file))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }
}

/// What `tile_paths.json` holds.
struct TileVectors: Decodable {
    struct Place: Decodable {
        let n: Int
        let path: String
        let level: Int?
        let partial: Int?
        let entries: Bool?
    }

    struct GoPlace: Decodable {
        let path: String
        let n: Int?
        let reject: Bool?
    }

    struct Layout: Decodable {
        let size: Int
        let level0Full: Int
        let level0Partial: Int
        let level1Full: Int
        let level1Partial: Int
        let level2Full: Int?
        let level2Partial: Int?
    }

    struct Roots: Decodable {
        let rootsBase64: [String: String]
    }

    let c2spHeight8: [Place]
    let treeSizeToTiles: [Layout]
    let golangTlogWithHeightPrefix: [GoPlace]
    let rootsLeafD: Roots
}
