/// Where an attachment belongs.
///
/// Names are told apart by their bytes, as the file does: to Swift, two texts are the same when they
/// only look the same.
struct AttachmentPlace: Hashable, Comparable {
    let sequence: SequenceNumber
    let name: String

    init(_ sequence: SequenceNumber, _ name: String) {
        self.sequence = sequence
        self.name = name
    }

    static func == (a: AttachmentPlace, b: AttachmentPlace) -> Bool {
        a.sequence == b.sequence && a.name.utf8.elementsEqual(b.name.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(sequence)
        for byte in name.utf8 { hasher.combine(byte) }
    }

    /// In the order of the file.
    static func < (a: AttachmentPlace, b: AttachmentPlace) -> Bool {
        a.sequence == b.sequence
            ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : a.sequence < b.sequence
    }
}
