import Foundation
package import Projector

/// The rule that planning lacks in this process, named by `LEDGER_WITHOUT_RULE`.
///
/// The mutation check runs the tests once for each rule: those that still pass do not need it.
package enum LeftOut {
    package static let rule = ProcessInfo.processInfo.environment["LEDGER_WITHOUT_RULE"]
        .flatMap(RuleName.init(rawValue:))
}
