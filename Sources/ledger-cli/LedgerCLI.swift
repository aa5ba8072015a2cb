import ArgumentParser

@main struct LedgerCLI: ParsableCommand {}
