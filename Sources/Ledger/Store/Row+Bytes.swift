import Foundation
import GRDB

extension Row {
    /// The bytes of a blob, copied once; empty for NULL.
    func bytes(atIndex index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }
    }

    /// The digest of a blob of 32 bytes; nil for anything else.
    func digest(atIndex index: Int) throws -> Digest? {
        try withUnsafeData(atIndex: index) { data in data.flatMap { Digest($0) } }
    }
}

extension Digest {
    /// The 32 bytes as SQLite takes them.
    var data: Data { Data(bytes) }
}
