import Ledger

/// A report as what it says, in order, before anybody decides how it looks: pages, plain text and
/// tests are made from the same value.
struct Document: Sendable, Equatable {
    /// The title.
    var title: String
    /// What it is about, in a line.
    var subtitle: [Inline]
    /// The figures that a reader in a hurry wants.
    var figures: [Figure] = []
    /// The parts, in order.
    var sections: [Section] = []
    /// What stands at the end of every rendering.
    var footer: [Inline] = []

    /// A figure with what it means.
    struct Figure: Sendable, Equatable {
        /// What it counts.
        var label: String
        /// The figure.
        var value: String
        /// What it is held against.
        var note: String
        /// Whether it is good news.
        var tone: Tone
    }

    /// A part with a heading.
    struct Section: Sendable, Equatable {
        /// The name by which other parts refer to it.
        var id: String
        /// The heading.
        var title: String
        /// What it says.
        var blocks: [Block]
        /// True for a part that is wider than high when it is printed.
        var isWide = false
    }

    /// A piece of a part.
    enum Block: Sendable, Equatable {
        /// A paragraph.
        case paragraph([Inline])
        /// A heading within the part.
        case heading(String)
        /// Names and what they are.
        case facts([Fact])
        /// A table.
        case table(Grid)
        /// Points.
        case list([[Inline]])
        /// A drawing of time.
        case timeline(Timeline)
        /// Text that is kept as it is.
        case verbatim(String, label: String)
        /// Something to notice.
        case remark(Tone, [Inline])
    }

    /// A name and what it is.
    struct Fact: Sendable, Equatable {
        var name: String
        var text: [Inline]
    }

    /// A table with a caption.
    struct Grid: Sendable, Equatable {
        /// What the table shows.
        var caption: String
        /// The columns.
        var columns: [Column]
        /// The rows.
        var rows: [Row]

        /// A column.
        struct Column: Sendable, Equatable {
            var heading: String
            var isNumber = false
        }

        /// A row; with an anchor others can refer to it.
        struct Row: Sendable, Equatable {
            var anchor: SequenceNumber?
            var cells: [[Inline]]
        }

        /// A table of columns, numbers to the right where a heading begins with `#`.
        init(_ caption: String, _ headings: String..., rows: [Row] = []) {
            self.caption = caption
            columns = headings.map {
                $0.hasPrefix("#")
                    ? Column(heading: String($0.dropFirst()), isNumber: true) : Column(heading: $0)
            }
            self.rows = rows
        }

        /// Adds a row.
        mutating func add(_ cells: [Inline]..., anchor: SequenceNumber? = nil) {
            rows.append(Row(anchor: anchor, cells: cells))
        }
    }

    /// A run of text.
    enum Inline: Sendable, Equatable {
        /// Plain text.
        case text(String)
        /// Text that stands out.
        case strong(String)
        /// Text that is of less weight.
        case faint(String)
        /// A name or a command.
        case code(String)
        /// An instant; absolute and in UTC.
        case time(Timestamp)
        /// The events that prove something.
        case events([SequenceNumber])
        /// A word that passes judgement.
        case word(String, Tone)
        /// A reference to a part.
        case part(id: String, title: String)
        /// What a program printed or a person wrote, as it was.
        case quote(String)
        /// Bytes to save; where a rendering can hold no files, only the name.
        case file(name: String, label: String, bytes: [UInt8])
    }

    /// Whether something is good news; never said by colour alone.
    enum Tone: String, Sendable, Equatable {
        case good
        case bad
        case doubtful
        case plain
    }
}

extension [Document.Inline] {
    /// Plain text.
    static func text(_ text: String) -> [Document.Inline] { [.text(text)] }
    /// A name or a command.
    static func code(_ text: String) -> [Document.Inline] { [.code(text)] }
    /// An instant, or a dash.
    static func time(_ time: Timestamp?) -> [Document.Inline] {
        time.map { [.time($0)] } ?? [.faint("–")]
    }
    /// The events that prove something.
    static func events(_ evidence: [SequenceNumber]) -> [Document.Inline] { [.events(evidence)] }
}
