// swift-tools-version: 6.3
import PackageDescription

// The measures of `scripts/bench`. A package of its own, so that nobody who uses the ledger builds it.
let package = Package(
    name: "ledger-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "migration-ledger", path: "..")],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [
                .product(name: "Ledger", package: "migration-ledger"),
                .product(name: "Fleet", package: "migration-ledger"),
                .product(name: "Projector", package: "migration-ledger"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ],
    swiftLanguageModes: [.v6]
)
