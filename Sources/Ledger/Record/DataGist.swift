import Foundation

/// What the data of an event says, whatever is in its attachments: the canonical data with each
/// reference to an attachment blotted out.
///
/// Every reference has a commitment of its own, so that no two events with an attachment have the
/// same data; nothing that is said depends on what is in a reference, only on its being one.
enum DataGist {
    /// Stands in the place of a reference; canonical JSON never has this byte.
    private static let blot: UInt8 = 0

    /// What every reference begins with.
    fileprivate static let beginning: StaticString = "{\"bytes\":"

    /// Whether data may have references; when not, its gist is the data itself.
    static func isNeeded(of data: UnsafeRawBufferPointer) -> Bool {
        guard let base = data.baseAddress else { return false }
        var offset = 1
        while offset < data.count, let brace = memchr(base + offset, 0x7B, data.count - offset) {
            offset = UnsafeRawPointer(brace) - base
            if var reader = CanonicalReader(UnsafeRawBufferPointer(rebasing: data[offset...])),
                reader.take(beginning)
            {
                return true
            }
            offset += 1
        }
        return false
    }

    /// Writes the gist of the canonical data of a record; false when the data is not canonical, or is
    /// written in a way that takes long to be sure of.
    static func write(_ data: UnsafeRawBufferPointer, to gist: inout [UInt8]) -> Bool {
        gist.removeAll(keepingCapacity: true)
        var reader = CanonicalReader(data)
        // Up to where the data was copied.
        var copied = 0
        let isPassed = reader?.passMembers { reader in
            let start = reader.offset
            guard reader.passReference() else { return reader.passValue() }
            gist.append(contentsOf: data[copied..<start])
            gist.append(blot)
            copied = reader.offset
            return true
        }
        guard isPassed == true, reader?.isAtEnd == true else { return false }
        gist.append(contentsOf: data[copied...])
        return true
    }

    /// The gist of data, nil when it has no canonical form.
    static func of(_ data: JSONObject) -> [UInt8]? {
        var gist: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in data.members.enumerated() {
            if index > 0 { gist.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(member.name, to: &gist)
            gist.append(UInt8(ascii: ":"))
            if AttachmentReference(member.value) != nil {
                gist.append(blot)
            } else if let value = try? CanonicalJSON.encode(member.value) {
                gist += value
            } else {
                return nil
            }
        }
        gist.append(UInt8(ascii: "}"))
        return gist
    }
}

extension CanonicalReader {
    /// Passes what `AttachmentReference` writes; false, and nothing is passed, when something else
    /// stands there.
    fileprivate mutating func passReference() -> Bool {
        var ahead = self
        guard ahead.take(DataGist.beginning), let byteCount = ahead.number(),
            Int(exactly: byteCount).map({ $0 >= 0 }) == true,
            ahead.take(",\"commitment\":"), let commitment = ahead.plain(),
            Digest(base64: commitment) != nil
        else { return false }
        _ = ahead.take(",\"elsewhere\":true")
        guard ahead.take(",\"mediatype\":"), ahead.plain() != nil, ahead.take("}") else {
            return false
        }
        self = ahead
        return true
    }
}
