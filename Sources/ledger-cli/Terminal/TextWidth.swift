/// How many columns of a terminal a text takes.
///
/// A terminal counts scalars, not characters: combining marks and joiners take none, East Asian
/// wide characters and emoji two (Unicode Standard Annex 11, Unicode Technical Standard 51).
enum TextWidth {
    /// The columns of a text.
    static func columns(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns($1) }
    }

    /// The text, or as much of it as fits before an ellipsis.
    static func fitted(_ text: String, to columns: Int) -> String {
        guard self.columns(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in text {
            let width = self.columns(character)
            if used + width > columns - 1 { break }
            kept.append(character)
            used += width
        }
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    /// The text, or its beginning and its end around an ellipsis.
    static func abridged(_ text: String, to columns: Int) -> String {
        guard self.columns(text) > columns else { return text }
        let head = fitted(text, to: columns - (columns - 1) / 2)
        var tail = ""
        var used = 0
        for character in text.reversed() {
            let width = self.columns(character)
            if used + width > columns - self.columns(head) { break }
            tail = String(character) + tail
            used += width
        }
        return head + tail
    }

    /// The columns of one character: of a sequence that draws one glyph, those of the glyph.
    private static func columns(_ character: Character) -> Int {
        var width = 0
        var isEmoji = false
        for scalar in character.unicodeScalars {
            // Variation selector 16 asks for the colourful, wide form of what stands before it.
            if scalar.value == 0xFE0F, width > 0 { isEmoji = true }
            width = max(width, columns(scalar))
        }
        return isEmoji ? 2 : width
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch scalar.value {
        // Vowels and finals that join the syllable before them.
        case 0x1160...0x11FF: return 0
        case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0, 0x23F3,
            0x2614...0x2615, 0x2648...0x2653, 0x26A1, 0x26BD...0x26BE, 0x26D4, 0x2705, 0x274C,
            0x2753...0x2755, 0x2757, 0x2795...0x2797, 0x2B50, 0x2E80...0x303E, 0x3041...0xA4CF,
            0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E,
            0x1F191...0x1F19A, 0x1F1E6...0x1F202, 0x1F210...0x1F23B, 0x1F240...0x1F248,
            0x1F250...0x1F251, 0x1F260...0x1F265, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F7E0...0x1F7EB, 0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
