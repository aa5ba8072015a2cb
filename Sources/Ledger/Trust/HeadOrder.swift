/// Whether signed heads stand as they were kept: numbered from 1 without a gap, each of more events than
/// those before it, unless it is a head that is there already, with a witness's cosignature.
struct HeadOrder {
    /// What is wrong; the first says it for all.
    private(set) var findings: [Finding] = []
    /// The file that they stand in, a line each; nil for rows of the ledger.
    private let file: String?
    private var count = 0
    private var sizes: Set<Int> = []
    private var greatest = 0

    init(file: String? = nil) { self.file = file }

    /// Takes the next head.
    mutating func take(size: Int, number: Int) {
        count += 1
        defer {
            sizes.insert(size)
            greatest = max(greatest, size)
        }
        guard findings.isEmpty else { return }
        if file == nil, number != count {
            let kind: Finding.Class = number > count ? .missing : .edited
            findings.append(
                Finding(
                    kind, expected: "\(count)", found: "\(number)",
                    message: number > count
                        ? "signed head \(count) is not there, the next has number \(number)"
                        : "a signed head has number \(number), and the first has 1"))
        } else if size < greatest, !sizes.contains(size) {
            let place = file.map { "\($0):\(number), a" } ?? "signed head \(number), a"
            findings.append(
                Finding(
                    .reordered,
                    message: "\(place) head of \(size) events, stands after one of \(greatest)"))
        }
    }
}
