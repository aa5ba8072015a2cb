extension LogVerification {
    /// The verification of a bundle or of a bare tile log, from its files alone.
    ///
    /// It does not stop at a finding. `progress` is called with the number of records read.
    ///
    /// - Throws: `ExportError` when the directory cannot be read at all, and what `progress` throws.
    public init(
        _ bundle: BundleReader, demands: VerificationDemands = .init(),
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        var inspection = try BundleInspection(bundle, demands: demands)
        try inspection.read(progress: progress)
        self.init(inspection.reading, demands: demands)
        add(inspection.findings)
    }
}
