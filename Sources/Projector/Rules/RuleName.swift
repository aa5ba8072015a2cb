/// The rules that planning decides by; the names are fixed and stand in every verdict.
public enum RuleName: String, Sendable, Hashable, CaseIterable {
    case noSuccessor = "no-successor"
    case destinationServing = "destination-serving"
    case destinationProtected = "destination-protected"
    case decisionMade = "decision-made"
    case trafficOffSource = "traffic-off-source"
    case drained
    case notDefault = "not-default"
    case copyQuiesced = "copy-quiesced"
    case copyVerified = "copy-verified"
    case sourceWrites = "source-writes"
    case nfsPreserved = "nfs-preserved"
    case solrAcknowledged = "solr-acknowledged"
    case sqlScripts = "sql-scripts"
    case cacheFlushed = "cache-flushed"
    case inFlight = "in-flight"
    case held
    case soak
    case beingDestroyed = "being-destroyed"
    case identity
    case protected
    case existence
    case snapshotAvailable = "snapshot-available"
    case copyProvenance = "copy-provenance"
    case snapshotInUse = "snapshot-in-use"
    case migrationSettled = "migration-settled"
    case lastRecoveryPoint = "last-recovery-point"
    case finalSnapshotKept = "final-snapshot-kept"
    case tempRole = "temp-role"
    case dumpVerified = "dump-verified"
    case abandoned
    case sourceServing = "source-serving"
    case trafficOffDestination = "traffic-off-destination"
    case customerWrites = "customer-writes"
    case releaseLoaded = "release-loaded"
    case releaseNeeded = "release-needed"

    /// What the rule asks, in a sentence.
    public var sentence: String {
        switch self {
        case .noSuccessor:
            "A declared migration names the environment as its source and its destination exists."
        case .destinationServing:
            "The destination is seen RUNNING with an active release and maintenance OFF."
        case .destinationProtected: "The destination's protection was commanded ON."
        case .decisionMade:
            "A test passed, then go was decided, after the destination's last load or activation."
        case .trafficOffSource: "Every known hostname was observed at the destination."
        case .drained:
            "The old DNS answers have expired everywhere, and the hostnames were observed after that."
        case .notDefault: "The default environment is confirmed to be another one."
        case .copyQuiesced: "The source was effectively in maintenance when the copy was taken."
        case .copyVerified: "What was copied is proven to be the source's data."
        case .sourceWrites: "Nothing can have been written to the source after the copy."
        case .nfsPreserved:
            "NFS is known OFF, or its contents moved and an AVAILABLE nfs snapshot is kept."
        case .solrAcknowledged: "Solr is seen OFF, or its loss is acknowledged."
        case .sqlScripts: "No automatic SQL script ran on the copy, or it is acknowledged."
        case .cacheFlushed: "The destination's caches were flushed after the load."
        case .inFlight: "No operation on the environments is unknown or unfinished."
        case .held: "No hold is placed on the resource."
        case .soak: "The soak time after the drain has passed."
        case .beingDestroyed: "No destroy of the resource was accepted yet."
        case .identity: "The environment is the very one that the migration opened with."
        case .protected: "No protection stands that this migration did not set."
        case .existence: "It is known that the resource is there."
        case .snapshotAvailable: "The snapshot is seen AVAILABLE."
        case .copyProvenance: "Name, environment and creation match what this migration made."
        case .snapshotInUse:
            "Every environment that may have been made from the snapshot is RUNNING or gone."
        case .migrationSettled:
            "The migration has succeeded, or was rolled back and its destination is gone."
        case .lastRecoveryPoint: "Another recovery point of the source's data exists."
        case .finalSnapshotKept: "A source's final snapshot is kept."
        case .tempRole: "The environment is a temporary one that nothing leans on."
        case .dumpVerified: "The dump taken of it was accepted and nothing contradicts it."
        case .abandoned: "The migration was abandoned or rolled back."
        case .sourceServing:
            "The source is seen RUNNING with an active release and maintenance OFF."
        case .trafficOffDestination:
            "Every known hostname was observed at the source, after the drain."
        case .customerWrites: "The destination holds no customer writes that the source lacks."
        case .releaseLoaded: "The release is loaded in no environment and is no previous release."
        case .releaseNeeded: "No rollback or restore needs the release."
        }
    }

    /// The page that the rule comes from.
    public var source: String {
        switch self {
        case .destinationProtected, .soak, .held, .identity, .protected, .existence, .tempRole:
            "policy"
        case .copyQuiesced, .sourceWrites:
            "manage-environments.md (maintenance takes up to a minute to apply)"
        case .drained, .trafficOffSource, .trafficOffDestination: "configure-dns.md, going-live.md"
        case .nfsPreserved: "nfs.md"
        case .solrAcknowledged: "solr.md"
        case .sqlScripts: "manage-sql-scripts.md"
        case .snapshotAvailable, .copyProvenance, .snapshotInUse, .lastRecoveryPoint,
            .finalSnapshotKept:
            "manage-snapshots.md, cleaning-up-environments.md"
        case .dumpVerified: "manage-databases.md"
        case .releaseLoaded, .releaseNeeded: "cleaning-up-releases.md"
        default: "migrate-between-plans.md"
        }
    }
}
