import Ledger
import Projector
import Testing

/// A setting that was given a word that is neither ON nor OFF is not known to be what it was.
@Suite struct OtherWordSettingTests {
    @Test(arguments: ["nfs", "solr"])
    func `the source is not safe until it was seen again`(_ setting: String) throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
        history.act(.envSetting(environment: "prod", setting: setting, value: "ENABLED"))
        #expect(try history.cleanup().verdict("environment/prod") == .unknown)
        var shown = EnvironmentDescription(environment: "prod", isComplete: false)
        shown.nfs = .off
        shown.solr = .off
        history.see(.environment(shown))
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
    }
}
