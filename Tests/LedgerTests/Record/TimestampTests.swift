import Testing

@testable import Ledger

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
        ("2017-05-01T10:00:00Z", 1_493_632_800_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2017-05-01T12:30:00+02:30", 1_493_632_800_000),
        ("2017-05-01T00:00:00-10:00", 1_493_632_800_000),
        ("2017-05-01 10:00:00z", 1_493_632_800_000), ("2017-05-01t10:00:00.5Z", 1_493_632_800_500),
        ("2017-05-01T10:00:00.0009999Z", 1_493_632_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ]) func `texts of RFC 3339 are instants`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2017-05-01", "2017-05-01T10:00Z", "2017-05-01T10:00:00", "2017-5-1T10:00:00Z",
        "2017-05-01T10:00:00.Z", "2017-05-01T10:00:00Zx", " 2017-05-01T10:00:00Z",
        "2017-05-01T24:00:00Z", "2017-05-01T10:60:00Z", "2017-05-01T10:00:61Z",
        "2017-13-01T10:00:00Z", "2017-00-01T10:00:00Z", "2017-04-31T10:00:00Z",
        "2017-05-00T10:00:00Z", "2017-02-29T10:00:00Z", "1900-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z", "2017-05-01T10:00:00+24:00", "2017-05-01T10:00:00+0200",
        "2017-05-01T10:00:00+02:60", "-001-05-01T10:00:00Z", "12017-05-01T10:00:00Z",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01",
        "２017-05-01T10:00:00Z", "2017-05-01T10:00:00−02:00", "2017_05_01T10:00:00Z",
    ]) func `other texts are none`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every day from 1896 to 2104 and around each 400 years comes back`() throws {
        func leap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        for years in [1896...2104, 0...4, 396...404, 1599...1601, 9996...9999] {
            var last: Timestamp?
            for year in years {
                let lengths = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                for (month, length) in lengths.enumerated() {
                    for day in 1...length {
                        let time = try #require(Timestamp(year: year, month: month + 1, day: day))
                        if let last { #expect(time - last == .hours(24)) }
                        last = time
                    }
                    #expect(Timestamp(year: year, month: month + 1, day: length + 1) == nil)
                }
            }
        }
    }

    @Test func `random instants come back from their text, which sorts as they do`() {
        var random = TrustRandom(seed: 31)
        var last: Timestamp?
        for _ in 0..<5000 {
            let span: Int64 = 253_402_300_800_000 + 62_167_219_200_000
            let milliseconds = Int64(random.next() % UInt64(span)) - 62_167_219_200_000
            let time = Timestamp(milliseconds: milliseconds)
            #expect(time.milliseconds == milliseconds)
            #expect(time.description.utf8.count == 24)
            #expect(Timestamp(time.description) == time)
            #expect(Timestamp(time.short) == time)
            if let last { #expect((last < time) == (last.description < time.description)) }
            last = time
        }
    }

    @Test func `arithmetic stops at the first and the last instant`() {
        let first = Timestamp(milliseconds: .min)
        let last = Timestamp(milliseconds: .max)
        #expect(first.description == "0000-01-01T00:00:00.000Z")
        #expect(last.description == "9999-12-31T23:59:59.999Z")
        for span in [Span.seconds(1), .hours(.max), Span(milliseconds: .max)] {
            #expect(last + span == last)
            #expect(first - span == first)
        }
        #expect(last - Span(milliseconds: .min) == last)
        #expect(first + Span(milliseconds: .min) == first)
        #expect(first + .hours(.min) == first)
        #expect(Span(milliseconds: .max) + .seconds(1) == Span(milliseconds: .max))
        #expect(first + (last - first) == last)
    }

    @Test func `the short text leaves out a fraction of nothing only`() {
        #expect(Timestamp(milliseconds: 0).short == "1970-01-01T00:00:00Z")
        #expect(Timestamp(milliseconds: 20).short == "1970-01-01T00:00:00.020Z")
    }
}
