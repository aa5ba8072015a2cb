// swift-tools-version: 6.3
import PackageDescription

/// One strict set for every target of this package.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // A generic type's first use asks for its metadata by calling, not by name: by name, the runtime
    // looks through every conformance of the program for each requirement, and an answer is short.
    .unsafeFlags(
        ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"],
        .when(configuration: .release)),
]

let package = Package(
    name: "migration-ledger",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "ledger-cli", targets: ["ledger-cli"]),
        .executable(name: "fleet-simulator", targets: ["FleetSimulator"]),
        .library(name: "Ledger", targets: ["Ledger"]),
        .library(name: "Fleet", targets: ["Fleet"]),
        .library(name: "Projector", targets: ["Projector"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.79.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.5.0"),
    ],
    targets: [
        .target(
            name: "Ledger",
            dependencies: [
                "CStore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .target(name: "Fleet", dependencies: ["Ledger"], swiftSettings: settings),
        .target(name: "CStore", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CResolver", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CTerminal"),
        .target(name: "Projector", dependencies: ["Ledger"], swiftSettings: settings),
        .executableTarget(
            name: "ledger-cli",
            dependencies: [
                "CResolver", "CTerminal", "Ledger", "Fleet", "Projector",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [
                .embedInCode("Web/Assets/ledger.css"), .embedInCode("Web/Assets/ledger.js"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Breakage", "Ledger", "torturer", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        // Disks that fail and writers that die: a VFS of SQLite, and what is done with it.
        .target(
            name: "CFaultyDisk", path: "Tests/CFaultyDisk",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "Breakage", dependencies: ["CFaultyDisk", "Ledger"], path: "Tests/Breakage",
            swiftSettings: settings),
        // The long runs of it, `scripts/torture`; nothing that is installed needs it.
        .executableTarget(
            name: "torturer",
            dependencies: [
                "Breakage", "Ledger",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Torturer", swiftSettings: settings),
        .testTarget(
            name: "FleetTests", dependencies: ["Fleet", "FuzzTargets", "Ledger"],
            swiftSettings: settings),
        // What `scripts/fuzz` gives to libFuzzer; the tests give it a little themselves.
        .target(
            name: "FuzzTargets", dependencies: ["Fleet", "Ledger"], path: "Fuzz/Targets",
            swiftSettings: settings),
        .target(
            name: "FleetModel", dependencies: ["Ledger"], path: "Tests/FleetModel",
            swiftSettings: settings),
        .target(
            name: "FleetProof", dependencies: ["FleetModel", "Projector", "Fleet", "Ledger"],
            path: "Tests/FleetProof", swiftSettings: settings),
        // The long runs of the proof, `scripts/prove`; nothing that is installed needs it.
        .executableTarget(
            name: "prove",
            dependencies: [
                "FleetProof", "FleetModel", "Projector", "Fleet", "Ledger",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Prove", swiftSettings: settings),
        .executableTarget(
            name: "FleetSimulator",
            dependencies: [
                "FleetModel", "Fleet", "Ledger",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/FleetSimulator", swiftSettings: settings),
        .testTarget(
            name: "ProjectorTests",
            dependencies: ["FleetProof", "FleetModel", "Projector", "Fleet", "Ledger"],
            swiftSettings: settings),
        .testTarget(
            name: "LedgerCLITests",
            dependencies: [
                "Breakage", "ledger-cli", "CTerminal", "Ledger",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        // End to end, with real processes: the ledger, the simulated platform and its name server.
        .testTarget(
            name: "RehearsalTests",
            dependencies: ["ledger-cli", "FleetSimulator", "measures", "CTerminal", "Ledger"],
            swiftSettings: settings),
        // The measures of `scripts/bench` once more, outside their own package, so that a test can try
        // each with what was built; nothing that is installed needs it.
        .executableTarget(
            name: "measures", dependencies: ["Ledger", "Fleet", "Projector"],
            path: "Benchmarks/Sources/bench", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
